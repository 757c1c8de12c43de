package dev.reprise.runtime;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this process may take: of the machine, or of the container's share of it.
 *
 * @param heap largest Java heap, bytes
 * @param memory bytes
 * @param descriptors files and sockets that may be open at a time
 */
public record Machine(int processors, long heap, long memory, long descriptors) {

  public static Machine here() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    // Runtime.maxMemory() leaves out a part that objects cannot use.
    long heap =
        Long.parseLong(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxHeapSize")
                .getValue());
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        heap,
        system.getTotalMemorySize(),
        system instanceof UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : Long.MAX_VALUE);
  }
}

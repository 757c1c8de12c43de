package dev.reprise.runtime;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * The resources available to this process: those of the machine, or of its container.
 *
 * @param heap maximum Java heap, in bytes
 * @param memory total memory, in bytes
 * @param descriptors maximum number of concurrently open files and sockets
 */
public record Machine(int processors, long heap, long memory, long descriptors) {

  public static Machine here() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    // Runtime.maxMemory() excludes a part that objects cannot use.
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

package dev.reprise.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * The peak resource use of a service as a function of its number of threads.
 *
 * @param heap bytes of Java heap, excluding threads
 * @param heapPerThread bytes of Java heap per thread
 * @param other bytes outside the heap, excluding threads: code, stacks, native libraries
 * @param otherPerThread bytes outside the heap per thread: socket buffers, the decoder process
 * @param descriptors concurrently open files and sockets, excluding threads
 * @param descriptorsPerThread concurrently open files and sockets per thread
 */
public record Footprint(
    long heap,
    long heapPerThread,
    long other,
    long otherPerThread,
    int descriptors,
    int descriptorsPerThread) {
  private static final long MIB = 1 << 20;

  /** Returns one thread per processor, or as many as heap, memory and files allow; at least 1. */
  public int threadsFor(Machine machine) {
    return (int) Math.max(1, Math.min(machine.processors(), maxThreads(machine)));
  }

  private long maxThreads(Machine machine) {
    long inHeap = (machine.heap() - heap) / Math.max(1, heapPerThread);
    long inMemory = (machine.memory() - machine.heap() - other) / Math.max(1, otherPerThread);
    long inFiles = (machine.descriptors() - descriptors) / Math.max(1, descriptorsPerThread);
    return Math.min(inFiles, Math.min(inHeap, inMemory));
  }

  /**
   * Checks that the machine has enough resources for the given number of threads.
   *
   * @throws ConfigurationException that names each insufficient resource and the setting to change
   */
  public void check(int threads, Machine machine) throws ConfigurationException {
    List<String> errors = new ArrayList<>();
    long neededHeap = heap + threads * heapPerThread;
    if (machine.heap() < neededHeap) {
      errors.add(
          "A heap of %d MiB is too small for %d thread%s: set REPRISE_JAVA_OPTS=-Xmx%dm%s."
              .formatted(
                  machine.heap() / MIB,
                  threads,
                  threads == 1 ? "" : "s",
                  mib(neededHeap),
                  threadHint(machine)));
    }
    long neededMemory = machine.heap() + other + threads * otherPerThread;
    if (machine.memory() < neededMemory) {
      errors.add(
          ("A heap of %d MiB and %d thread%s need %d MiB of memory,"
                  + " but only %d are available: set a smaller heap with REPRISE_JAVA_OPTS=-Xmx...m%s.")
              .formatted(
                  machine.heap() / MIB,
                  threads,
                  threads == 1 ? "" : "s",
                  mib(neededMemory),
                  machine.memory() / MIB,
                  threadHint(machine)));
    }
    long neededDescriptors = descriptors + (long) threads * descriptorsPerThread;
    if (machine.descriptors() < neededDescriptors) {
      errors.add(
          ("Only %d files may be open at a time, but %d are needed: raise the limit (ulimit -n %d,"
                  + " LimitNOFILE= of systemd, --ulimit nofile= of Docker)%s.")
              .formatted(
                  machine.descriptors(),
                  neededDescriptors,
                  neededDescriptors,
                  threadHint(machine)));
    }
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
  }

  private String threadHint(Machine machine) {
    long maxThreads = maxThreads(machine);
    return maxThreads >= 1 ? ", or --threads %d".formatted(maxThreads) : "";
  }

  private static long mib(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}

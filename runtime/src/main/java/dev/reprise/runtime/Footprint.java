package dev.reprise.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * What a service takes at its worst, by the number of its threads.
 *
 * @param heap bytes of Java heap without any thread
 * @param heapPerThread bytes
 * @param other bytes outside the heap: code, stacks, native libraries
 * @param otherPerThread bytes: buffers of sockets, and the thread's decoder process
 * @param descriptors files and sockets open at a time
 */
public record Footprint(
    long heap,
    long heapPerThread,
    long other,
    long otherPerThread,
    int descriptors,
    int descriptorsPerThread) {
  private static final long MIB = 1 << 20;

  /** A thread on each processor, or as many as heap, memory and open files allow; at least one. */
  public int threadsFor(Machine machine) {
    return (int) Math.max(1, Math.min(machine.processors(), fitting(machine)));
  }

  private long fitting(Machine machine) {
    long inHeap = (machine.heap() - heap) / Math.max(1, heapPerThread);
    long inMemory = (machine.memory() - machine.heap() - other) / Math.max(1, otherPerThread);
    long inFiles = (machine.descriptors() - descriptors) / Math.max(1, descriptorsPerThread);
    return Math.min(inFiles, Math.min(inHeap, inMemory));
  }

  /**
   * @throws ConfigurationException saying what is too little, and what to set
   */
  public void check(int threads, Machine machine) throws ConfigurationException {
    List<String> faults = new ArrayList<>();
    long neededHeap = heap + threads * heapPerThread;
    if (machine.heap() < neededHeap) {
      faults.add(
          "A heap of %d MiB is too small for %d thread%s: set REPRISE_JAVA_OPTS=-Xmx%dm%s."
              .formatted(
                  machine.heap() / MIB,
                  threads,
                  threads == 1 ? "" : "s",
                  mib(neededHeap),
                  orFewer(machine)));
    }
    long neededMemory = machine.heap() + other + threads * otherPerThread;
    if (machine.memory() < neededMemory) {
      faults.add(
          ("A heap of %d MiB, and what %d thread%s take beside it, need %d MiB of memory,"
                  + " and there are %d: set a smaller heap with REPRISE_JAVA_OPTS=-Xmx...m%s.")
              .formatted(
                  machine.heap() / MIB,
                  threads,
                  threads == 1 ? "" : "s",
                  mib(neededMemory),
                  machine.memory() / MIB,
                  orFewer(machine)));
    }
    long neededDescriptors = descriptors + (long) threads * descriptorsPerThread;
    if (machine.descriptors() < neededDescriptors) {
      faults.add(
          ("Only %d files may be open at a time, and %d are needed: raise the limit (ulimit -n %d,"
                  + " LimitNOFILE= of systemd, --ulimit nofile= of Docker)%s.")
              .formatted(
                  machine.descriptors(), neededDescriptors, neededDescriptors, orFewer(machine)));
    }
    if (!faults.isEmpty()) {
      throw new ConfigurationException(faults);
    }
  }

  private String orFewer(Machine machine) {
    long fitting = fitting(machine);
    return fitting >= 1 ? ", or --threads %d".formatted(fitting) : "";
  }

  private static long mib(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}

package dev.reprise.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;

/**
 * The latency distribution of a repeated operation.
 *
 * @param median in milliseconds
 * @param p99 99th percentile, in milliseconds
 * @param processor median CPU time of the thread, in milliseconds, unaffected by other load on the
 *     cores
 */
record Latencies(double median, double p99, double processor) {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** The operation to measure. */
  interface Work {
    void run() throws Exception;
  }

  /**
   * Runs and measures an operation repeatedly.
   *
   * @param warmUp number of unmeasured rounds, for the JIT compiler
   * @param rounds number of measured rounds
   */
  static Latencies of(int warmUp, int rounds, Work work) throws Exception {
    for (int round = 0; round < warmUp; round++) {
      work.run();
    }
    double[] millis = new double[rounds];
    double[] processor = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      long cpuStart = THREADS.getCurrentThreadCpuTime();
      work.run();
      processor[round] = (THREADS.getCurrentThreadCpuTime() - cpuStart) / 1e6;
      millis[round] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(millis);
    Arrays.sort(processor);
    return new Latencies(millis[rounds / 2], millis[(int) (0.99 * rounds)], processor[rounds / 2]);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "median %7.2f ms   p99 %7.2f ms   processor %7.2f ms", median, p99, processor);
  }
}

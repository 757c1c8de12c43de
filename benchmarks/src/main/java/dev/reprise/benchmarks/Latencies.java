package dev.reprise.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;

/**
 * How long a piece of work takes, of many times that it is done.
 *
 * @param median in milliseconds
 * @param p99 in milliseconds, which 99 of 100 do not exceed
 * @param processor median milliseconds of processor time of the thread: where others use the same
 *     cores, what the work itself takes
 */
record Latencies(double median, double p99, double processor) {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Work to measure. */
  interface Work {
    void run() throws Exception;
  }

  /**
   * @param warmUp how often it is done before, for the compiler
   * @param rounds how often it is measured
   */
  static Latencies of(int warmUp, int rounds, Work work) throws Exception {
    for (int round = 0; round < warmUp; round++) {
      work.run();
    }
    double[] millis = new double[rounds];
    double[] processor = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      long processorStart = THREADS.getCurrentThreadCpuTime();
      work.run();
      processor[round] = (THREADS.getCurrentThreadCpuTime() - processorStart) / 1e6;
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

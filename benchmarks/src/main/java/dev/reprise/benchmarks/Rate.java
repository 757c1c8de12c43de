package dev.reprise.benchmarks;

/** Measures records per second after a warm-up. Not thread-safe. */
final class Rate {
  /** Initial share of the records that is excluded, for the JIT compiler. */
  private static final double WARM_UP = 0.25;

  private final int records;
  private int done;
  private int doneWarm;
  private long warmNanos;
  private long lastNanos;

  /**
   * Creates a measurement.
   *
   * @param records total number of records
   */
  Rate(int records) {
    this.records = records;
  }

  void add(int count) {
    done += count;
    lastNanos = System.nanoTime();
    if (doneWarm == 0 && done >= WARM_UP * records) {
      doneWarm = done;
      warmNanos = lastNanos;
    }
  }

  boolean isDone() {
    return done >= records;
  }

  double perSecond() {
    return (done - doneWarm) * 1e9 / (lastNanos - warmNanos);
  }
}

package dev.reprise.benchmarks;

/** Records per second, from the moment at which the warm-up is over. Not thread-safe. */
final class Rate {
  /** Share of a measurement that is left out at its beginning, for the compiler. */
  private static final double WARM_UP = 0.25;

  private final int records;
  private int done;
  private int doneWarm;
  private long warmNanos;
  private long lastNanos;

  /**
   * @param records of the whole measurement
   */
  Rate(int records) {
    this.records = records;
  }

  void add(int more) {
    done += more;
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

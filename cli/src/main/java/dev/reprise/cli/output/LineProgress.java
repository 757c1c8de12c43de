package dev.reprise.cli.output;

import java.time.Duration;

/** Prints a line of progress every ten seconds, for logs. */
final class LineProgress implements Progress {
  private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

  private final Terminal terminal;
  private final String unit;
  private final int total;
  private final long start = System.nanoTime();
  private long lastLine = start;
  private int done;

  LineProgress(Terminal terminal, String unit, int total) {
    this.terminal = terminal;
    this.unit = unit;
    this.total = total;
  }

  @Override
  public synchronized void step() {
    done++;
    long now = System.nanoTime();
    if (done < total && now - lastLine >= INTERVAL_NANOS) {
      lastLine = now;
      double perSecond = done * 1e9 / (now - start);
      terminal.note(
          "%d of %d %s, %.1f/s, %d s left"
              .formatted(done, total, unit, perSecond, Math.round((total - done) / perSecond)));
    }
  }

  @Override
  public void close() {
    // Lines need no clean-up.
  }
}

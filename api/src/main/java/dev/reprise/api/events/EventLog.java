package dev.reprise.api.events;

import dev.reprise.runtime.Deadline;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ring buffer of the latest events, framed as server-sent events and numbered from 0. All readers
 * share it, each with its own position, so that memory does not grow with their number.
 * Thread-safe.
 */
public final class EventLog {
  private static final Pattern ID = Pattern.compile("([0-9a-f]{16})-(\\d{1,18})");

  /** Random prefix of event ids, unique to one start of one instance. */
  private final String epoch;

  private final byte[][] frames;
  private long next;

  /**
   * @param capacity number of events kept
   */
  public EventLog(int capacity) {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    this.epoch = HexFormat.of().formatHex(random);
    this.frames = new byte[capacity][];
  }

  /**
   * Appends an event, and wakes the threads that wait in {@link #awaitAfter}.
   *
   * @param type the event's name
   * @param json its data, one line
   */
  public synchronized void append(String type, String json) {
    frames[slot(next)] = encode(type, epoch + "-" + next, json);
    next++;
    notifyAll();
  }

  private static byte[] encode(String type, String id, String json) {
    return ("event: " + type + "\nid: " + id + "\ndata: " + json + "\n\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private int slot(long number) {
    return (int) (number % frames.length);
  }

  /** Returns the number that the next event will have. */
  public synchronized long next() {
    return next;
  }

  /** Returns the number of the oldest event kept. */
  public synchronized long oldest() {
    return Math.max(0, next - frames.length);
  }

  /** Returns an event's frame; null if it has been evicted or not appended yet. */
  public synchronized byte @Nullable [] frame(long number) {
    return number < oldest() || number >= next ? null : frames[slot(number)];
  }

  /** Waits until there is an event of at least this number, or the timeout has elapsed. */
  public synchronized void awaitAfter(long number, Duration timeout) throws InterruptedException {
    Deadline deadline = Deadline.after(timeout);
    while (next <= number) {
      long remainingMillis = deadline.remaining().toMillis();
      if (remainingMillis == 0) {
        return;
      }
      wait(remainingMillis);
    }
  }

  /**
   * Returns the number of the event after the one with this id; empty if the id is not of this log,
   * or the next event has been evicted.
   */
  public synchronized OptionalLong after(String id) {
    Matcher parts = ID.matcher(id);
    if (!parts.matches() || !parts.group(1).equals(epoch)) {
      return OptionalLong.empty();
    }
    long number = Long.parseLong(parts.group(2)) + 1;
    return number < oldest() || number > next ? OptionalLong.empty() : OptionalLong.of(number);
  }
}

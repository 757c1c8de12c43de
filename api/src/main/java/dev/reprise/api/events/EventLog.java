package dev.reprise.api.events;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The latest events as server-sent events are framed, numbered from 0. All readers share it, each
 * with a position of its own, so that memory does not grow with their number. Thread-safe.
 */
public final class EventLog {
  private static final Pattern ID = Pattern.compile("([0-9a-f]{16})-(\\d{1,18})");

  /** Tells the events of one start of one instance from all others. */
  private final String epoch;

  private final byte[][] frames;
  private long next;

  /**
   * @param capacity events that are kept
   */
  public EventLog(int capacity) {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    this.epoch = HexFormat.of().formatHex(random);
    this.frames = new byte[capacity][];
  }

  /**
   * Adds an event, and wakes whoever waits in {@link #awaitAfter}.
   *
   * @param type the event's name
   * @param json one line
   */
  public synchronized void append(String type, String json) {
    frames[index(next)] = frame(type, epoch + "-" + next, json);
    next++;
    notifyAll();
  }

  private static byte[] frame(String type, String id, String json) {
    return ("event: " + type + "\nid: " + id + "\ndata: " + json + "\n\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private int index(long number) {
    return (int) (number % frames.length);
  }

  /** The number that the next event will have. */
  public synchronized long next() {
    return next;
  }

  /** The number of the oldest event that is kept. */
  public synchronized long oldest() {
    return Math.max(0, next - frames.length);
  }

  /** An event's frame; null if it is no longer there, or not yet. */
  public synchronized byte @Nullable [] frame(long number) {
    return number < oldest() || number >= next ? null : frames[index(number)];
  }

  /** Waits until there is an event of at least this number, or the time is up. */
  public synchronized void awaitAfter(long number, long timeoutMillis) throws InterruptedException {
    long deadline = System.nanoTime() + timeoutMillis * 1_000_000;
    while (next <= number) {
      long rest = (deadline - System.nanoTime()) / 1_000_000;
      if (rest <= 0) {
        return;
      }
      wait(rest);
    }
  }

  /**
   * The number of the event that follows the one with this id; empty if the id is not of this log,
   * or what follows is not kept any more.
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

package dev.reprise.api.events;

import com.google.protobuf.util.Timestamps;
import dev.reprise.api.v1.DeadLetter;
import dev.reprise.api.v1.DeadLetterList;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * The newest dead letters by time. Partitions are read one after another, so that dead letters
 * arrive in any order. Thread-safe.
 */
public final class RecentDeadLetters {
  private static final Comparator<DeadLetter> OLDEST_FIRST =
      Comparator.comparing(DeadLetter::getTime, Timestamps.comparator())
          .thenComparing(DeadLetter::getSource, Comparator.reverseOrder());

  private final int capacity;
  private final Queue<DeadLetter> deadLetters = new PriorityQueue<>(OLDEST_FIRST);

  /**
   * @param capacity number of dead letters kept
   */
  public RecentDeadLetters(int capacity) {
    this.capacity = capacity;
  }

  synchronized void add(DeadLetter deadLetter) {
    deadLetters.add(deadLetter);
    if (deadLetters.size() > capacity) {
      deadLetters.remove();
    }
  }

  /** Returns the dead letters, newest first; those of the same time by source. */
  public synchronized DeadLetterList list() {
    DeadLetterList.Builder list = DeadLetterList.newBuilder();
    deadLetters.stream().sorted(OLDEST_FIRST.reversed()).forEach(list::addDeadLetters);
    return list.build();
  }
}

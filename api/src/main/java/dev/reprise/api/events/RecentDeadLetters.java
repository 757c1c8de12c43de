package dev.reprise.api.events;

import com.google.protobuf.util.Timestamps;
import dev.reprise.api.v1.DeadLetter;
import dev.reprise.api.v1.DeadLetterList;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * The newest dead letters, by their time: partitions are read one after another, so that letters
 * come in any order. Thread-safe.
 */
public final class RecentDeadLetters {
  private static final Comparator<DeadLetter> OLDEST_FIRST =
      Comparator.comparing(DeadLetter::getTime, Timestamps.comparator())
          .thenComparing(DeadLetter::getSource, Comparator.reverseOrder());

  private final int capacity;
  private final Queue<DeadLetter> letters = new PriorityQueue<>(OLDEST_FIRST);

  /**
   * @param capacity letters that are kept
   */
  public RecentDeadLetters(int capacity) {
    this.capacity = capacity;
  }

  synchronized void add(DeadLetter letter) {
    letters.add(letter);
    if (letters.size() > capacity) {
      letters.remove();
    }
  }

  /** Newest first; of the same time, by their source. */
  public synchronized DeadLetterList list() {
    DeadLetterList.Builder list = DeadLetterList.newBuilder();
    letters.stream().sorted(OLDEST_FIRST.reversed()).forEach(list::addDeadLetters);
    return list.build();
  }
}

package dev.reprise.api.feed;

import dev.reprise.api.v1.DeadLetter;
import dev.reprise.api.v1.DeadLetterList;
import java.util.ArrayDeque;
import java.util.Deque;

/** The newest dead letters. Thread-safe. */
public final class RecentLetters {
  private final int capacity;
  private final Deque<DeadLetter> letters = new ArrayDeque<>();

  /**
   * @param capacity letters that are kept
   */
  public RecentLetters(int capacity) {
    this.capacity = capacity;
  }

  synchronized void add(DeadLetter letter) {
    letters.addFirst(letter);
    if (letters.size() > capacity) {
      letters.removeLast();
    }
  }

  /** Newest first. */
  public synchronized DeadLetterList list() {
    return DeadLetterList.newBuilder().addAllDeadLetters(letters).build();
  }
}

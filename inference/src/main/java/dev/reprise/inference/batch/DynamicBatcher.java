package dev.reprise.inference.batch;

import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.Scorer;
import dev.reprise.inference.model.Scores;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the clips of several stream threads into one run of the model, as Triton's dynamic
 * batcher does.
 *
 * <p>A thread hands over one clip and waits for its scores, so that nothing is held outside {@code
 * process()} and offsets never run ahead of results. There is no thread of the batcher's own: of
 * those that wait, the one that finds the batch due runs the model for all.
 *
 * <p>A batch is due when it is full; or when no other thread is likely to bring a clip, which is
 * one that got its last scores less than the maximum delay ago and has not come back yet; a lone
 * thread therefore never waits. While a batch runs, the next gathers.
 *
 * <p>Thread-safe.
 */
public final class DynamicBatcher {
  private final Scorer scorer;
  private final long maxDelayNanos;
  private final BatchMeters meters;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Waiting> queue = new ArrayDeque<>();

  /** When each thread that may soon be back got its last scores, in {@link System#nanoTime}. */
  private final Map<Thread, Long> away = new HashMap<>();

  private boolean running;

  /**
   * @param maxDelay longest time to hold a clip back for others to join it
   */
  public DynamicBatcher(Scorer scorer, Duration maxDelay, BatchMeters meters) {
    this.scorer = scorer;
    this.maxDelayNanos = maxDelay.toNanos();
    this.meters = meters;
  }

  /**
   * Scores one clip, in a batch with those of other threads where there are any; blocks until it is
   * done.
   *
   * @throws ModelException if the model fails on this clip
   */
  public Scores score(ClipInput clip) throws ModelException, InterruptedException {
    Waiting mine = new Waiting(clip);
    lock.lockInterruptibly();
    try {
      away.remove(Thread.currentThread());
      queue.add(mine);
      changed.signalAll();
      while (!mine.done) {
        long wait = running ? Long.MAX_VALUE : nanosUntilDue();
        if (wait <= 0) {
          runBatch();
        } else {
          changed.awaitNanos(wait);
        }
      }
      away.put(Thread.currentThread(), System.nanoTime());
      return mine.result();
    } finally {
      queue.remove(mine);
      lock.unlock();
    }
  }

  /** Number of clips in the gathering batch. */
  public int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** How long the gathering batch may still wait; zero or less when it is due. Holds the lock. */
  private long nanosUntilDue() {
    if (queue.size() >= scorer.maxBatchSize()) {
      return 0;
    }
    long now = System.nanoTime();
    away.values().removeIf(since -> now - since >= maxDelayNanos);
    if (away.isEmpty()) {
      return 0;
    }
    long lastMayCome = Collections.max(away.values()) + maxDelayNanos - now;
    long oldestMustGo = queue.getFirst().sinceNanos + maxDelayNanos - now;
    return Math.min(lastMayCome, oldestMustGo);
  }

  /** Runs the gathered batch, the lock released meanwhile. */
  private void runBatch() {
    List<Waiting> batch = new ArrayList<>();
    while (!queue.isEmpty() && batch.size() < scorer.maxBatchSize()) {
      batch.add(queue.removeFirst());
    }
    running = true;
    lock.unlock();
    try {
      score(batch);
    } finally {
      lock.lock();
      running = false;
      batch.forEach(waiting -> waiting.done = true);
      changed.signalAll();
    }
  }

  private void score(List<Waiting> batch) {
    long start = System.nanoTime();
    try {
      List<Scores> scores = scorer.score(batch.stream().map(waiting -> waiting.clip).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).scores = scores.get(i);
      }
      meters.batch(batch.size(), System.nanoTime() - start);
      batch.forEach(waiting -> meters.queued(start - waiting.sinceNanos));
    } catch (ModelException | RuntimeException e) {
      if (batch.size() > 1) {
        // One clip's fault must not take its neighbours along.
        batch.forEach(waiting -> score(List.of(waiting)));
      } else {
        batch.get(0).failure = e;
      }
    }
  }

  /**
   * A clip whose thread waits for its scores. Guarded by the lock, but for the runner's own batch.
   */
  private static final class Waiting {
    final ClipInput clip;
    final long sinceNanos = System.nanoTime();
    boolean done;
    @Nullable Scores scores;
    @Nullable Exception failure;

    Waiting(ClipInput clip) {
      this.clip = clip;
    }

    Scores result() throws ModelException {
      if (failure instanceof ModelException) {
        throw new ModelException(String.valueOf(failure.getMessage()), failure);
      }
      if (failure != null) {
        throw new IllegalStateException(String.valueOf(failure.getMessage()), failure);
      }
      if (scores == null) {
        throw new IllegalStateException("The thread that ran the batch died of it.");
      }
      return scores;
    }
  }
}

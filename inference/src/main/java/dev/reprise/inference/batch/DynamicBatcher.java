package dev.reprise.inference.batch;

import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelOutput;
import dev.reprise.inference.model.Scorer;
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
 * Batches the clips of several stream threads into one run of the model, as Triton's dynamic
 * batcher does.
 *
 * <p>A thread enqueues one clip and blocks until it is scored, so that no clip is in flight outside
 * {@code process()} and offsets are never committed ahead of results. The batcher has no thread:
 * the blocked thread that finds the batch due runs the model for all.
 *
 * <p>A batch is due when it is full, when its oldest clip has waited for the maximum delay, or when
 * no other thread is likely to enqueue a clip: a thread is likely to if its last clip was scored
 * less than the maximum delay ago and has not enqueued a clip since. A lone thread therefore never
 * waits. While a batch runs, the next one fills.
 *
 * <p>Thread-safe.
 */
public final class DynamicBatcher {
  private final Scorer scorer;
  private final long maxDelayNanos;
  private final BatchMeters meters;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<PendingClip> queue = new ArrayDeque<>();

  /**
   * The {@link System#nanoTime} at which a thread's last clip was scored, for the threads that may
   * soon enqueue another clip.
   */
  private final Map<Thread, Long> lastScored = new HashMap<>();

  private boolean isRunning;

  /**
   * @param scorer not owned; the caller closes it
   * @param maxDelay longest time that a clip waits for others to join its batch
   */
  public DynamicBatcher(Scorer scorer, Duration maxDelay, BatchMeters meters) {
    this.scorer = scorer;
    this.maxDelayNanos = maxDelay.toNanos();
    this.meters = meters;
  }

  /**
   * Scores one clip, batched with those of other threads; blocks until it is scored.
   *
   * @throws ModelException if the model fails on this clip
   */
  public ModelOutput enqueueAndAwait(ClipInput clip) throws ModelException, InterruptedException {
    PendingClip pending = new PendingClip(clip);
    lock.lockInterruptibly();
    try {
      lastScored.remove(Thread.currentThread());
      queue.add(pending);
      changed.signalAll();
      while (!pending.done) {
        long wait = isRunning ? Long.MAX_VALUE : nanosUntilDue();
        if (wait <= 0) {
          runBatch();
        } else {
          changed.awaitNanos(wait);
        }
      }
      lastScored.put(Thread.currentThread(), System.nanoTime());
      return pending.result();
    } finally {
      queue.remove(pending);
      lock.unlock();
    }
  }

  /** Returns the number of clips that wait for the next batch. */
  int queuedClips() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns how long the next batch may still wait, in ns; zero or less when it is due. The caller
   * holds the lock.
   */
  private long nanosUntilDue() {
    if (queue.size() >= scorer.maxBatchSize()) {
      return 0;
    }
    long now = System.nanoTime();
    lastScored.values().removeIf(since -> now - since >= maxDelayNanos);
    if (lastScored.isEmpty()) {
      return 0;
    }
    long untilNoneIsLikely = Collections.max(lastScored.values()) + maxDelayNanos - now;
    long untilOldestIsDue = queue.getFirst().sinceNanos + maxDelayNanos - now;
    return Math.min(untilNoneIsLikely, untilOldestIsDue);
  }

  /** Takes a batch off the queue and runs it; releases the lock meanwhile. */
  private void runBatch() {
    List<PendingClip> batch = new ArrayList<>();
    while (!queue.isEmpty() && batch.size() < scorer.maxBatchSize()) {
      batch.add(queue.removeFirst());
    }
    isRunning = true;
    lock.unlock();
    try {
      runModel(batch);
    } finally {
      lock.lock();
      isRunning = false;
      batch.forEach(clip -> clip.done = true);
      changed.signalAll();
    }
  }

  private void runModel(List<PendingClip> batch) {
    long start = System.nanoTime();
    try {
      List<ModelOutput> outputs =
          scorer.score(batch.stream().map(pending -> pending.clip).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).output = outputs.get(i);
      }
      meters.recordBatch(batch.size(), System.nanoTime() - start);
      batch.forEach(clip -> meters.recordQueueTime(start - clip.sinceNanos));
    } catch (ModelException | RuntimeException e) {
      if (batch.size() > 1) {
        // One bad clip must not fail the others of its batch.
        batch.forEach(clip -> runModel(List.of(clip)));
      } else {
        batch.get(0).failure = e;
      }
    }
  }

  /**
   * A clip whose thread is blocked until it is scored. Guarded by the lock, except for the clips of
   * the running batch.
   */
  private static final class PendingClip {
    final ClipInput clip;
    final long sinceNanos = System.nanoTime();
    boolean done;
    @Nullable ModelOutput output;
    @Nullable Exception failure;

    PendingClip(ClipInput clip) {
      this.clip = clip;
    }

    ModelOutput result() throws ModelException {
      if (failure instanceof ModelException) {
        throw new ModelException(String.valueOf(failure.getMessage()), failure);
      }
      if (failure != null) {
        throw new IllegalStateException(String.valueOf(failure.getMessage()), failure);
      }
      if (output == null) {
        throw new IllegalStateException("The thread that ran the batch failed.");
      }
      return output;
    }
  }
}

package dev.reprise.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.reprise.contract.Role;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelOutput;
import dev.reprise.inference.model.Scorer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DynamicBatcherTest {
  private static final int POISON = 666;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Integer> batchSizes = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aLoneThreadNeverWaits() throws Exception {
    DynamicBatcher batcher = batcher(echo(8), Duration.ofDays(1));
    for (int i = 1; i <= 100; i++) {
      assertThat(batcher.enqueueAndAwait(clip(i)).features()).containsExactly(i);
    }
    assertThat(batchSizes).hasSize(100).containsOnly(1);
  }

  @Test
  void everyClipGetsItsOwnScores() throws Exception {
    DynamicBatcher batcher = batcher(echo(4), Duration.ofMillis(1));
    List<Callable<Boolean>> callers = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      int base = thread * 1000;
      callers.add(
          () -> {
            for (int i = 1; i <= 500; i++) {
              if (batcher.enqueueAndAwait(clip(base + i)).features()[0] != base + i) {
                return false;
              }
            }
            return true;
          });
    }
    for (Future<Boolean> result : threads.invokeAll(callers)) {
      assertThat(result.get()).isTrue();
    }
    assertThat(batchSizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(4000);
    assertThat(batchSizes).allMatch(size -> size <= 4);
  }

  @Test
  void clipsThatArriveWhileABatchRunsFormTheNextOne() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Scorer slow =
        scorer(
            8,
            clips -> {
              started.countDown();
              await(release);
              return echo(clips);
            });
    DynamicBatcher batcher = batcher(slow, Duration.ofSeconds(3));
    List<Future<ModelOutput>> results = new ArrayList<>();
    results.add(threads.submit(() -> batcher.enqueueAndAwait(clip(1))));
    started.await();
    for (int i = 2; i <= 4; i++) {
      int number = i;
      results.add(threads.submit(() -> batcher.enqueueAndAwait(clip(number))));
    }
    Awaitility.await().until(() -> batcher.queuedClips() == 3);
    release.countDown();
    for (int i = 0; i < 4; i++) {
      assertThat(results.get(i).get().features()).containsExactly(i + 1);
    }
    assertThat(batchSizes).containsExactly(1, 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBadClipDoesNotFailTheOthersOfItsBatch(boolean declared) throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Scorer picky =
        scorer(
            8,
            clips -> {
              started.countDown();
              await(release);
              for (ClipInput clip : clips) {
                if (clip.frames() == POISON) {
                  if (declared) {
                    throw new ModelException("poisoned");
                  }
                  throw new IllegalStateException("poisoned");
                }
              }
              return echo(clips);
            });
    DynamicBatcher batcher = batcher(picky, Duration.ofSeconds(3));
    threads.submit(() -> batcher.enqueueAndAwait(clip(1)));
    started.await();
    Future<ModelOutput> good = threads.submit(() -> batcher.enqueueAndAwait(clip(2)));
    Future<ModelOutput> bad = threads.submit(() -> batcher.enqueueAndAwait(clip(POISON)));
    Awaitility.await().until(() -> batcher.queuedClips() == 2);
    release.countDown();
    assertThat(good.get().features()).containsExactly(2);
    assertThatThrownBy(bad::get).hasRootCauseMessage("poisoned");
  }

  private DynamicBatcher batcher(Scorer scorer, Duration maxDelay) {
    return new DynamicBatcher(
        scorer, maxDelay, new BatchMeters(new SimpleMeterRegistry(), Role.SERVING));
  }

  private static ClipInput clip(int number) {
    return new ClipInput(ByteString.EMPTY, number);
  }

  private Scorer echo(int maxBatchSize) {
    return scorer(maxBatchSize, DynamicBatcherTest::echo);
  }

  private static List<ModelOutput> echo(List<ClipInput> clips) {
    return clips.stream()
        .map(
            clip ->
                new ModelOutput(
                    new float[] {clip.frames()}, new float[0], 0, 0, new float[0], new float[0]))
        .toList();
  }

  private Scorer scorer(int maxBatchSize, Body body) {
    return new Scorer() {
      @Override
      public int maxBatchSize() {
        return maxBatchSize;
      }

      @Override
      public List<ModelOutput> score(List<ClipInput> clips) throws ModelException {
        batchSizes.add(clips.size());
        return body.apply(clips);
      }

      @Override
      public void close() {}
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Body {
    List<ModelOutput> apply(List<ClipInput> clips) throws ModelException;
  }
}

package dev.reprise.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.reprise.contract.Role;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelFile;
import dev.reprise.inference.model.ModelOutput;
import dev.reprise.inference.model.ModelRepository;
import dev.reprise.inference.model.OnnxModel;
import dev.reprise.inference.model.Scorer;
import dev.reprise.inference.model.TinyModel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real ONNX models that replace each other while threads score. A session that is closed too early
 * would crash this process; one that is never closed fails the count.
 */
class ModelReplacementTest {
  private static final int THREADS = 4;
  private static final int VERSIONS = 25;

  @TempDir Path root;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicBoolean done = new AtomicBoolean();

  @Test
  @Timeout(120)
  void noClipIsLostAndNoSessionIsLeaked() throws Exception {
    TinyModel.of("cnn", "1", 1).writeTo(root);
    ModelReloader reloader = start();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<Integer>> scoring = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      scoring.add(threads.submit(() -> scoreUntilDone(reloader.models())));
    }
    for (int version = 2; version <= VERSIONS; version++) {
      TinyModel.of("cnn", Integer.toString(version), version).writeTo(root);
      reloader.poll();
      assertThat(reloader.models().current().metadata().version())
          .isEqualTo(Integer.toString(version));
    }
    done.set(true);
    for (Future<Integer> thread : scoring) {
      assertThat(thread.get()).isGreaterThan(VERSIONS);
    }
    threads.shutdown();
    assertThat(closed).hasValue(VERSIONS - 2);
    reloader.models().close();
    assertThat(closed).hasValue(VERSIONS);
  }

  @Test
  void aModelThatThisBuildCannotServeDoesNotTakeOver() throws Exception {
    TinyModel.of("cnn", "1", 1).writeTo(root);
    ModelReloader reloader = start();
    TinyModel.of("cnn", "2", 2).with("reprise.contract.sha256", "0".repeat(64)).writeTo(root);
    reloader.poll();
    TinyModel.of("cnn", "3", 3).with("reprise.features", "[{\"name\":\"bpm\"}]").writeTo(root);
    reloader.poll();
    TinyModel.of("cnn", "4", 4).without("uncertainty").writeTo(root);
    reloader.poll();
    assertThat(registry.get("reprise.model.reloads").tag("outcome", "failed").counter().count())
        .isEqualTo(3);
    try (ServedModel.Use model = reloader.models().acquire()) {
      assertThat(model.infer(List.of(clip(0))).get(0).features()).containsOnly(1);
    }
    reloader.models().close();
    assertThat(closed).hasValue(1);
  }

  private ModelReloader start() throws ModelException {
    return ModelReloader.start(
        new ModelRepository(root), "cnn", Role.SERVING, this::load, registry);
  }

  /**
   * Scores until {@link #done} is set, and returns the number of clips. It keeps its model until
   * that is closed, as a track does, so that models are retired while in use.
   */
  private int scoreUntilDone(Models models) throws Exception {
    int clips = 0;
    String sha256 = "";
    while (!done.get() || clips <= VERSIONS) {
      float first = clips % 7;
      try (ServedModel.Use model = models.acquire(sha256).orElseGet(models::acquire)) {
        sha256 = model.metadata().sha256();
        float bias = Float.parseFloat(model.metadata().version());
        ModelOutput output = model.infer(List.of(clip(first))).get(0);
        assertThat(output.features()).containsOnly(first + bias);
      }
      clips++;
    }
    return clips;
  }

  private static ClipInput clip(float first) {
    ByteBuffer bytes =
        ByteBuffer.allocate(20 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, first);
    return new ClipInput(ByteString.copyFrom(bytes), 1);
  }

  private ServedModel load(ModelFile file) throws ModelException {
    OnnxModel model = OnnxModel.load(file, ExecutionProvider.CPU, THREADS);
    return new ServedModel(
        new CountingScorer(model),
        model.metadata(),
        model.provider(),
        new BatchMeters(registry, Role.SERVING));
  }

  /** Counts closed models. */
  private final class CountingScorer implements Scorer {
    private final OnnxModel model;

    CountingScorer(OnnxModel model) {
      this.model = model;
    }

    @Override
    public int maxBatchSize() {
      return model.maxBatchSize();
    }

    @Override
    public List<ModelOutput> score(List<ClipInput> clips) throws ModelException {
      return model.score(clips);
    }

    @Override
    public void close() {
      model.close();
      closed.incrementAndGet();
    }
  }
}

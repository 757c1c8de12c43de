package dev.reprise.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.reprise.contract.Role;
import dev.reprise.inference.batch.BatchMeters;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelFile;
import dev.reprise.inference.model.ModelRepository;
import dev.reprise.inference.model.OnnxModel;
import dev.reprise.inference.model.Scorer;
import dev.reprise.inference.model.Scores;
import dev.reprise.inference.model.TinyModel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
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
 * Real ONNX models that replace each other while threads score. A session freed too early would
 * crash this process; one never freed is counted.
 */
class ModelReplacementTest {
  private static final int THREADS = 4;
  private static final int VERSIONS = 25;

  @TempDir Path root;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicInteger freed = new AtomicInteger();
  private final AtomicBoolean done = new AtomicBoolean();

  @Test
  @Timeout(120)
  void noClipIsLostAndNoSessionLeftBehind() throws Exception {
    TinyModel.of("cnn", "1", 1).writeTo(root);
    ModelReloader reloader = start();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<Integer>> scoring = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      scoring.add(threads.submit(() -> score(reloader.models())));
    }
    for (int version = 2; version <= VERSIONS; version++) {
      TinyModel.of("cnn", Integer.toString(version), version).writeTo(root);
      reloader.look();
      assertThat(reloader.models().current().metadata().version())
          .isEqualTo(Integer.toString(version));
    }
    done.set(true);
    for (Future<Integer> thread : scoring) {
      assertThat(thread.get()).isGreaterThan(VERSIONS);
    }
    threads.shutdown();
    assertThat(freed).hasValue(VERSIONS - 2);
    reloader.models().close();
    assertThat(freed).hasValue(VERSIONS);
  }

  @Test
  void whatThisBuildCannotServeDoesNotTakeOver() throws Exception {
    TinyModel.of("cnn", "1", 1).writeTo(root);
    ModelReloader reloader = start();
    TinyModel.of("cnn", "2", 2).with("reprise.contract.sha256", "0".repeat(64)).writeTo(root);
    reloader.look();
    TinyModel.of("cnn", "3", 3).with("reprise.features", "[{\"name\":\"bpm\"}]").writeTo(root);
    reloader.look();
    TinyModel.of("cnn", "4", 4).without("uncertainty").writeTo(root);
    reloader.look();
    assertThat(registry.get("reprise.model.reloads").tag("outcome", "failed").counter().count())
        .isEqualTo(3);
    try (ServedModel.Use model = reloader.models().use()) {
      assertThat(model.score(clip(0)).features()).containsOnly(1);
    }
    reloader.models().close();
    assertThat(freed).hasValue(1);
  }

  private ModelReloader start() throws ModelException {
    return ModelReloader.start(
        new ModelRepository(root), "cnn", Role.SERVING, this::load, registry);
  }

  /**
   * Scores until told to stop, and counts. As a track does, it keeps to its model until that is
   * gone, so that models are retired while they are scored with.
   */
  private int score(Models models) throws Exception {
    int clips = 0;
    String sha256 = "";
    while (!done.get() || clips <= VERSIONS) {
      float first = clips % 7;
      try (ServedModel.Use model = models.use(sha256).orElseGet(models::use)) {
        sha256 = model.metadata().sha256();
        float bias = Float.parseFloat(model.metadata().version());
        Scores scores = model.score(clip(first));
        assertThat(scores.features()).containsOnly(first + bias);
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
        new Counted(model),
        model.metadata(),
        model.provider(),
        Duration.ofMillis(1),
        new BatchMeters(registry, Role.SERVING));
  }

  /** Tells when its model is freed. */
  private final class Counted implements Scorer {
    private final OnnxModel model;

    Counted(OnnxModel model) {
      this.model = model;
    }

    @Override
    public int maxBatchSize() {
      return model.maxBatchSize();
    }

    @Override
    public List<Scores> score(List<ClipInput> clips) throws ModelException {
      return model.score(clips);
    }

    @Override
    public void close() {
      model.close();
      freed.incrementAndGet();
    }
  }
}

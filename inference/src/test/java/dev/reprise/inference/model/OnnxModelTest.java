package dev.reprise.inference.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.reprise.contract.Feature;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.v1.Distribution;
import dev.reprise.contract.v1.ModelReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The committed model in ONNX Runtime, against golden values computed in Python (see
 * models/README.md).
 */
class OnnxModelTest {
  private static final Path REPOSITORY = Path.of("..", "models");
  private static final int ROWS = 20;
  private static final double TEMPO_RANGE = 270; // BPM

  private static OnnxModel model;
  private static JsonObject golden;

  @BeforeAll
  static void load() throws Exception {
    Path file = new ModelRepository(REPOSITORY).find("echonest-cnn");
    model = load(file, 6);
    golden =
        JsonParser.parseString(Files.readString(file.resolveSibling("golden.json")))
            .getAsJsonObject();
  }

  @AfterAll
  static void close() {
    model.close();
    model.close();
  }

  @Test
  void agreesWithPython() throws Exception {
    double tolerance = golden.get("tolerance").getAsDouble();
    for (JsonElement element : golden.getAsJsonArray("cases")) {
      JsonObject example = element.getAsJsonObject();
      ModelOutput output = model.score(List.of(input(example))).get(0);
      assertClose(output.features(), example.getAsJsonArray("features"), tolerance, true);
      assertClose(output.uncertainty(), example.getAsJsonArray("uncertainty"), tolerance, true);
      assertClose(
          new float[] {output.tempoAlternate()},
          example.getAsJsonArray("tempo_alternate"),
          tolerance * TEMPO_RANGE,
          false);
      assertClose(
          new float[] {output.tempoConfidence()},
          example.getAsJsonArray("tempo_confidence"),
          tolerance,
          false);
      assertClose(output.genres(), example.getAsJsonArray("genre"), tolerance, false);
      assertClose(output.embedding(), example.getAsJsonArray("embedding"), tolerance, false);
    }
  }

  /** Bit for bit, so that neither polls nor the number of threads change a record. */
  @Test
  void scoresDoNotDependOnTheBatch() throws Exception {
    List<ClipInput> clips = new ArrayList<>();
    for (JsonElement example : golden.getAsJsonArray("cases")) {
      clips.add(input(example.getAsJsonObject()));
    }
    List<ModelOutput> alone = new ArrayList<>();
    for (ClipInput clip : clips) {
      alone.addAll(model.score(List.of(clip)));
    }
    for (int size = 2; size <= model.maxBatchSize(); size++) {
      List<ClipInput> batch = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        batch.add(clips.get(i % clips.size()));
      }
      List<ModelOutput> together = model.score(batch);
      for (int i = 0; i < size; i++) {
        assertThat(together.get(i))
            .usingRecursiveComparison()
            .isEqualTo(alone.get(i % clips.size()));
      }
    }
  }

  @Test
  void scoresOnSeveralThreads() throws Exception {
    List<ClipInput> clips = new ArrayList<>();
    for (JsonElement example : golden.getAsJsonArray("cases")) {
      clips.add(input(example.getAsJsonObject()));
    }
    List<ModelOutput> expected = model.score(clips.subList(0, 3));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<ModelOutput>>> results = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        results.add(threads.submit(() -> model.score(clips.subList(0, 3))));
      }
      for (Future<List<ModelOutput>> result : results) {
        assertThat(result.get()).usingRecursiveComparison().isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void readsItsProvenance() {
    ModelMetadata metadata = model.metadata();
    assertThat(metadata.name()).isEqualTo("echonest-cnn");
    assertThat(metadata.contractSha256()).isEqualTo(MfccContract.current().sha256());
    assertThat(metadata.sha256()).matches("[0-9a-f]{64}");
    assertThat(metadata.genres()).hasSize(8).contains("Rock", "Hip-Hop");
    assertThat(metadata.r2()).hasSize(8).allMatch(r2 -> r2 < 1);
    assertThat(model.maxBatchSize()).isEqualTo(8);
  }

  @Test
  void readsTheReferenceDistributions() {
    ModelReference reference = model.metadata().reference();
    assertThat(reference.getModel()).isEqualTo("echonest-cnn@" + model.metadata().version());
    assertThat(reference.getFeaturesMap().keySet())
        .containsExactlyInAnyOrder(
            Arrays.stream(Feature.values()).map(Feature::label).toArray(String[]::new));
    assertThat(reference.getInputsMap().keySet())
        .containsExactlyInAnyOrder("loudness", "mfcc_1", "mfcc_2", "mfcc_3", "mfcc_4");
    assertThat(reference.getFeaturesMap().values())
        .allMatch(it -> it.getCountsCount() == 1024 && total(it) == 1_127);
    assertThat(reference.getInputsMap().values())
        .allMatch(it -> it.getCountsCount() == 1024 && total(it) == 7_824);
    assertThat(reference.getFeaturesOrThrow("tempo").getMinimum()).isEqualTo(30);
    assertThat(model.metadata().labelMeans().get(Feature.TEMPO.ordinal())).isBetween(120.0, 122.0);
  }

  private static int total(Distribution distribution) {
    return distribution.getCountsList().stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void rejectsAModelWithoutReference(@TempDir Path folder) throws Exception {
    Path file = TinyModel.of("tiny", "1.0.0", 0).with("reprise.reference", "{}").writeTo(folder);
    assertThatThrownBy(() -> load(file, 1))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("its metadata is not of the expected shape");
  }

  @Test
  void rejectsAFileThatIsNotAModel(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("model.onnx"), "no model");
    assertThatThrownBy(() -> load(file, 1))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void readsEveryOutput(@TempDir Path folder) throws Exception {
    try (OnnxModel tiny = load(TinyModel.of("cnn", "1.0.0", 2).writeTo(folder), 2)) {
      ModelOutput output = tiny.score(List.of(clip(0.25f), clip(0.5f))).get(1);
      assertThat(output.features()).hasSize(8).containsOnly(2.5f);
      assertThat(output.uncertainty()).hasSize(8).containsOnly(0.5f);
      assertThat(output.tempoAlternate()).isEqualTo(60);
      assertThat(output.tempoConfidence()).isEqualTo(0.5f);
      assertThat(output.genres()).containsExactly(0.25f, 0.75f);
      assertThat(output.embedding()).hasSize(4).containsOnly(0.5f);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "features",
        "uncertainty",
        "tempo_alternate",
        "tempo_confidence",
        "genre",
        "embedding"
      })
  void rejectsAModelThatLacksAnOutput(String output, @TempDir Path folder) throws Exception {
    Path file = TinyModel.of("cnn", "1.0.0", 0).without(output).writeTo(folder);
    assertThatThrownBy(() -> load(file, 1))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "Model %s cannot be loaded: it lacks the output %s; train it again with this"
                + " version's reprise-train.",
            file, output);
  }

  @Test
  void rejectsAnOutputOfTheWrongShape(@TempDir Path folder) throws Exception {
    Path file = TinyModel.of("cnn", "1.0.0", 0).withMisshapenUncertainty().writeTo(folder);
    assertThatThrownBy(() -> load(file, 1))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("its output uncertainty is")
        .hasMessageContaining("not float32 of shape [2, 8]");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1_024})
  void acceptsEmbeddingsOf1To1024Dimensions(int columns, @TempDir Path folder) throws Exception {
    Path file = TinyModel.of("cnn", "1.0.0", 0).embedding(columns).writeTo(folder);
    try (OnnxModel tiny = load(file, 1)) {
      assertThat(tiny.score(List.of(clip(0.25f))).get(0).embedding()).hasSize(columns);
    }
  }

  @Test
  void rejectsAnEmbeddingThatCannotBeIndexed(@TempDir Path folder) throws Exception {
    Path file = TinyModel.of("cnn", "1.0.0", 0).embedding(1_025).writeTo(folder);
    assertThatThrownBy(() -> load(file, 1))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("its output embedding is")
        .hasMessageContaining("not float32 of shape [batch, 1 to 1024]");
  }

  @Test
  void rejectsAnotherContract(@TempDir Path folder) throws Exception {
    Path file =
        TinyModel.of("cnn", "1.0.0", 0)
            .with("reprise.contract.sha256", "0".repeat(64))
            .writeTo(folder);
    assertThatThrownBy(() -> load(file, 1))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("mfcc-librosa-22050-v1")
        .hasMessageContaining("0".repeat(64));
  }

  @Test
  void theDefaultBuildRejectsCuda() {
    assertThatThrownBy(() -> ExecutionProvider.choose("cuda"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("--execution-provider is cuda");
    assertThatThrownBy(() -> ExecutionProvider.choose("gpu"))
        .hasMessageContaining("must be auto, cpu or cuda");
  }

  private static OnnxModel load(Path file, int maxBatchSize) throws ModelException {
    return OnnxModel.load(ModelFile.read(file), ExecutionProvider.CPU, maxBatchSize);
  }

  private static ClipInput clip(float first) {
    ByteBuffer bytes =
        ByteBuffer.allocate(ROWS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, first);
    return new ClipInput(ByteString.copyFrom(bytes), 1);
  }

  private static void assertClose(
      float[] actual, JsonArray expected, double tolerance, boolean features) {
    assertThat(actual).hasSize(expected.size());
    for (int i = 0; i < actual.length; i++) {
      double range = features && i == Feature.TEMPO.ordinal() ? TEMPO_RANGE : 1;
      assertThat(Math.abs(actual[i] - expected.get(i).getAsDouble()) / range)
          .isLessThanOrEqualTo(tolerance);
    }
  }

  /** Computes the input by the golden file's formula. */
  private static ClipInput input(JsonObject example) {
    int frames = example.get("n_frames").getAsInt();
    double swing = example.get("swing").getAsDouble();
    int step = example.get("step").getAsInt();
    ByteBuffer bytes =
        ByteBuffer.allocate(ROWS * frames * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int k = 0; k < ROWS; k++) {
      double level = k == 0 ? -200 : k == 1 ? 100 : 0;
      for (int t = 0; t < frames; t++) {
        int phase = ((3 * k + 5 * step + 7) * t) % 97;
        bytes.putFloat((float) (level + swing / (1 + k) * (phase / 48.0 - 1)));
      }
    }
    return new ClipInput(ByteString.copyFrom(bytes.flip()), frames);
  }
}

package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.run.RunCommand;
import dev.reprise.contract.Json;
import dev.reprise.contract.v1.Prediction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** End to end, with the real broker, FFmpeg and ONNX Runtime. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
public class RunIT {
  public static final String MODELS = Path.of("..", "models").toString();

  private final Console console = new Console();

  @Test
  void predictsAFolderAndListsFailures(@TempDir Path music) throws Exception {
    WavFile.write(music.resolve("album/long.wav"), 45, 1);
    WavFile.write(music.resolve("short song.wav"), 5, 2);
    WavFile.write(music.resolve("blip.wav"), 0, 3);
    Files.writeString(music.resolve("lyrics.mp3"), "la la la");

    int exitCode = run(music.toString(), "--root", music.toString(), "--format", "json");

    assertThat(exitCode).isEqualTo(ExitCode.FAILED);
    List<Prediction> predictions = parse(console.out());
    assertThat(predictions)
        .extracting(Prediction::getTrackId)
        .containsExactlyInAnyOrder("album/long.wav", "short song.wav");
    for (Prediction prediction : predictions) {
      assertFeaturesInRange(prediction);
      assertThat(prediction.getModel().getName()).isEqualTo("echonest-cnn");
      assertThat(prediction.getEmbedding().size()).isEqualTo(192 * Float.BYTES);
      assertThat(prediction.getClipCount())
          .isEqualTo(prediction.getTrackId().equals("album/long.wav") ? 2 : 1);
    }
    assertThat(console.err())
        .anyMatch(line -> line.startsWith("2 of 4 tracks in "))
        .contains("2 failed:")
        .anyMatch(line -> line.contains("lyrics.mp3: unknown-format: "))
        .anyMatch(line -> line.contains("blip.wav: "));
  }

  @Test
  void reusesItsDataDirectory(@TempDir Path directory) throws Exception {
    Path song = WavFile.write(directory.resolve("000007.wav"), 3, 4);
    Path out = directory.resolve("predictions.csv");
    String data = directory.resolve("data").toString();

    for (int i = 0; i < 2; i++) {
      int exitCode =
          run(
              song.toString(),
              "--track-id",
              "number",
              "--data-dir",
              data,
              "--format",
              "csv",
              "--out",
              out.toString());

      assertThat(console.err()).hasSize(2).first().asString().startsWith("1 of 1 tracks");
      assertThat(console.err()).last().isEqualTo(RunCommand.pageHint(Path.of(data)));
      assertThat(exitCode).isZero();
      assertThat(console.out()).isEmpty();
      assertThat(Files.readAllLines(out)).hasSize(2).last().asString().startsWith("7,");
    }
  }

  @Test
  void reportsAMissingModel(@TempDir Path directory) {
    Path song = WavFile.write(directory.resolve("a.wav"), 2, 5);
    assertThat(run(song.toString(), "--model", "nothing@9")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .hasSize(1)
        .allMatch(line -> line.startsWith("Model nothing@9 is not in the repository "));
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of("run", "--model-repository", MODELS));
    all.addAll(List.of(args));
    return console.run(all.toArray(String[]::new));
  }

  private static List<Prediction> parse(List<String> lines) throws Exception {
    List<Prediction> predictions = new ArrayList<>();
    for (String line : lines) {
      Prediction.Builder prediction = Prediction.newBuilder();
      assertThat(Json.parse(line.getBytes(StandardCharsets.UTF_8), prediction)).isEmpty();
      predictions.add(prediction.build());
    }
    return predictions;
  }

  private static void assertFeaturesInRange(Prediction prediction) {
    assertThat(prediction.getFeatures().getAllFields()).hasSize(8);
    prediction
        .getFeatures()
        .getAllFields()
        .forEach(
            (FieldDescriptor field, Object value) -> {
              if (field.getName().equals("tempo")) {
                assertThat((double) value).isBetween(30.0, 300.0);
              } else {
                assertThat((double) value).isBetween(0.0, 1.0);
              }
            });
  }
}

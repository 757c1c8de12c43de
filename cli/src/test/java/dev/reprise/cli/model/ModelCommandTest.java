package dev.reprise.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.Console;
import dev.reprise.cli.RunIT;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.inference.model.ModelRepository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that show models, without Kafka. */
class ModelCommandTest {
  private final Console console = new Console();

  @Test
  void printsTheCardOfTheNewestVersion() {
    assertThat(console.run("model", "card", "--model-repository", RunIT.MODELS)).isZero();
    assertThat(console.out().get(0)).startsWith("# echonest-cnn ");
    assertThat(console.err()).isEmpty();
  }

  @Test
  void listsTheMeanR2OnTheCard() {
    assertThat(console.run("model", "card", "--model-repository", RunIT.MODELS)).isZero();
    String stated =
        console.out().stream()
            .filter(line -> line.contains("**0."))
            .findFirst()
            .orElseThrow()
            .replaceFirst(".*?\\*\\*(0\\.\\d{3})\\*\\*.*", "$1");
    assertThat(stated).matches("0\\.\\d{3}");
    assertThat(console.run("model", "list", "--model-repository", RunIT.MODELS)).isZero();
    assertThat(console.out().get(1)).matches("echonest-cnn +\\S+ +newest +" + stated + " .*");
  }

  @Test
  void reportsAModelWithoutACard(@TempDir Path repository) throws Exception {
    Path file = copy(repository, "0.1.0", "reprise.card", "reprise.cart");
    assertThat(console.run("model", "card", "cnn@0.1.0", "--model-repository", "" + repository))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.out()).isEmpty();
    assertThat(console.err())
        .containsExactly(
            "Model "
                + file
                + " has no card: its metadata lacks reprise.card; export it again with this"
                + " version's reprise-export.");
  }

  @Test
  void reportsAMissingModel(@TempDir Path repository) {
    assertThat(console.run("model", "card", "nothing", "--model-repository", "" + repository))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .hasSize(1)
        .allMatch(line -> line.startsWith("Model nothing is not in the repository "));
  }

  @Test
  void listsModelsAndReportsBrokenOnes(@TempDir Path repository) throws Exception {
    copy(repository, "0.9.0", "reprise.card", "reprise.card");
    copy(repository, "0.10.0", "reprise.card", "reprise.cart");
    assertThat(console.run("model", "list", "--model-repository", "" + repository)).isZero();
    assertThat(console.out()).hasSize(3);
    assertThat(console.out().get(1))
        .matches("cnn +0\\.9\\.0 +-?0\\.\\d{3} +\\d+ +[0-9a-f]{12} +mfcc-librosa-22050-v1");
    assertThat(console.out().get(2)).startsWith("cnn   0.10.0   newest  ");

    Path broken = Files.createDirectories(repository.resolve("cnn/1.0.0")).resolve("model.onnx");
    Files.writeString(broken, "no model");
    assertThat(console.run("model", "list", "--model-repository", "" + repository))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.out()).hasSize(4);
    assertThat(console.err())
        .hasSize(1)
        .allMatch(line -> line.startsWith("Model " + broken + " cannot be read: "));
  }

  /** Copies the shipped model, with one word replaced by another of the same length. */
  private static Path copy(Path repository, String version, String word, String replacement)
      throws Exception {
    Path shipped = new ModelRepository(Path.of(RunIT.MODELS)).find("echonest-cnn");
    String text = new String(Files.readAllBytes(shipped), StandardCharsets.ISO_8859_1);
    assertThat(text).contains(word);
    Path folder = Files.createDirectories(repository.resolve("cnn").resolve(version));
    return Files.write(
        folder.resolve("model.onnx"),
        text.replace(word, replacement).getBytes(StandardCharsets.ISO_8859_1));
  }
}

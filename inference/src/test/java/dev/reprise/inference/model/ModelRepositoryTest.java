package dev.reprise.inference.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRepositoryTest {
  @TempDir Path root;

  @Test
  void versionsAreOrderedByNumberNotByText() throws Exception {
    add("cnn/0.9.0");
    add("cnn/0.10.0");
    Files.createDirectories(root.resolve("cnn/0.11.0"));
    Files.createDirectories(root.resolve("cnn/.git"));
    ModelRepository repository = new ModelRepository(root);
    assertThat(repository.find("cnn")).isEqualTo(root.resolve("cnn/0.10.0/model.onnx"));
    assertThat(repository.find("cnn@0.9.0")).isEqualTo(root.resolve("cnn/0.9.0/model.onnx"));
  }

  @Test
  void theErrorNamesWhatIsMissing() throws Exception {
    add("cnn/0.9.0");
    ModelRepository repository = new ModelRepository(root);
    assertThatThrownBy(() -> repository.find("cnn@1.0.0"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("cnn@1.0.0")
        .hasMessageContaining("only 0.9.0");
    assertThatThrownBy(() -> repository.find("other"))
        .hasMessageContaining(root.resolve("other/VERSION/model.onnx").toString());
  }

  private void add(String version) throws IOException {
    Path folder = Files.createDirectories(root.resolve(version));
    Files.createFile(folder.resolve("model.onnx"));
  }
}

package dev.reprise.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {
  @TempDir Path parent;

  @Test
  void isDeletedWithItsContents() throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.create(parent)) {
      Files.createDirectories(folder.path().resolve("a/b"));
      Files.writeString(folder.path().resolve("a/b/c"), "text");
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void deletesFoldersOfKilledProcesses() throws IOException {
    Path left = Files.createDirectories(parent.resolve("reprise-run-1"));
    Files.createFile(left.resolve("lock"));
    Files.writeString(left.resolve("log"), "text");
    Path other = Files.createDirectory(parent.resolve("another"));
    try (TemporaryFolder first = TemporaryFolder.create(parent);
        TemporaryFolder second = TemporaryFolder.create(parent)) {
      assertThat(left).doesNotExist();
      assertThat(other).exists();
      assertThat(first.path()).exists();
      assertThat(second.path()).exists();
    }
  }

  @Test
  void namesTheFolderThatCannotBeUsed() {
    assertThatThrownBy(() -> TemporaryFolder.create(parent.resolve("missing")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(parent.resolve("missing").toString())
        .hasMessageContaining("TMPDIR");
  }
}

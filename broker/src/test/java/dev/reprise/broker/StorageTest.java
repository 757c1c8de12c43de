package dev.reprise.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  @TempDir Path folder;

  @Test
  void createsFoldersForTheOwnerOnly() throws IOException {
    Path directory = folder.resolve("data/broker");
    Storage.open(directory).close();
    assertThat(Files.getPosixFilePermissions(directory))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void reportsAFullDisk() throws IOException {
    Storage.requireSpace(folder, 1);
    assertThatThrownBy(() -> Storage.requireSpace(folder, Long.MAX_VALUE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("is full")
        .hasMessageContaining("TMPDIR");
  }
}

package dev.reprise.broker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  @TempDir Path folder;

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

package dev.reprise.inference.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeFoldersTest {
  private static final FileTime LONG_AGO =
      FileTime.from(Instant.now().minus(Duration.ofMinutes(2)));

  @TempDir Path temporary;

  private Path folder(String name) throws IOException {
    return Files.createDirectory(temporary.resolve(name));
  }

  @Test
  void deletesOldEmptyFolders() throws IOException {
    Path stale = folder("onnxruntime-java1");
    Path full = folder("onnxruntime-java2");
    Files.createFile(full.resolve("libonnxruntime.so"));
    Path young = folder("onnxruntime-java3");
    Path another = folder("another");
    for (Path old : new Path[] {stale, full, another}) {
      Files.setLastModifiedTime(old, LONG_AGO);
    }
    RuntimeFolders.deleteStale(temporary);
    assertThat(stale).doesNotExist();
    assertThat(full).exists();
    assertThat(young).exists();
    assertThat(another).exists();
  }
}

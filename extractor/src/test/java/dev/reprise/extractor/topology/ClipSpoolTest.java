package dev.reprise.extractor.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipSpoolTest {
  @TempDir Path folder;

  @Test
  void returnsRecordsInOrderFromMemoryAndDisk() throws Exception {
    Random random = new Random(7);
    for (int count : new int[] {0, 1, 8, 9, 40}) {
      List<byte[]> records = new ArrayList<>();
      List<byte[]> drained = new ArrayList<>();
      try (ClipSpool spool = new ClipSpool(folder)) {
        for (int i = 0; i < count; i++) {
          byte[] record = new byte[random.nextInt(50_000)];
          random.nextBytes(record);
          records.add(record);
          spool.add(record);
        }
        assertThat(files()).isEqualTo(count > 8 ? 1 : 0);
        spool.drainTo(drained::add);
      }
      assertThat(drained).usingRecursiveFieldByFieldElementComparator().isEqualTo(records);
      assertThat(files()).isZero();
    }
  }

  @Test
  void leavesNoFileBehindWhenItIsNotDrained() throws Exception {
    try (ClipSpool spool = new ClipSpool(folder)) {
      for (int i = 0; i < 20; i++) {
        spool.add(new byte[100]);
      }
    }
    assertThat(files()).isZero();
  }

  @Test
  void fileSystemFailuresAreUnchecked() {
    try (ClipSpool spool = new ClipSpool(folder.resolve("missing"))) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 20; i++) {
                  spool.add(new byte[100]);
                }
              })
          .isInstanceOf(UncheckedIOException.class);
    }
  }

  private long files() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}

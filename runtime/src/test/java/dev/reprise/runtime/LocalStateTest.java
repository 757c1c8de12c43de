package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

class LocalStateTest {
  @TempDir Path folder;

  @Test
  void isBrokenAfterAStoreFailure() {
    Exception corrupt = new RocksDBException("Corruption: bad magic number in 000012.sst");
    assertThat(new LocalState(folder).isBroken(corrupt)).isTrue();
    assertThat(
            new LocalState(folder)
                .isBroken(
                    new StreamsException(
                        "task 0_0", new ProcessorStateException("Error opening store", corrupt))))
        .isTrue();
    assertThat(new LocalState(folder).isBroken(new StreamsException("task 0_0"))).isFalse();
  }

  /** New files would not fix these. */
  @Test
  void isNotBrokenAfterASystemError() {
    for (String error :
        new String[] {"No space left on device", "Too many open files", "Permission denied"}) {
      assertThat(
              new LocalState(folder)
                  .isBroken(
                      new ProcessorStateException(
                          "Error opening store",
                          new RocksDBException("While open a file: CURRENT: " + error))))
          .as(error)
          .isFalse();
    }
  }

  @Test
  void isNotBrokenWithoutADirectory() {
    assertThat(
            new LocalState(folder.resolve("missing"))
                .isBroken(new ProcessorStateException("couldn't be created")))
        .isFalse();
  }

  @Test
  void setAsideKeepsOnlyTheLatestDirectory() throws IOException {
    Path state = folder.resolve("application");
    Path another = Files.createDirectory(folder.resolve("application-evaluation"));
    for (int i = 0; i < 3; i++) {
      Files.createDirectories(state.resolve("0_0"));
      Path aside = new LocalState(state).setAside();
      assertThat(aside.resolve("0_0")).isDirectory();
      try (Stream<Path> all = Files.list(folder)) {
        assertThat(all).containsExactlyInAnyOrder(aside, another);
      }
    }
  }
}

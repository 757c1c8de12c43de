package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is left in the temporary folder, with the native libraries where the launcher has them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TemporaryFilesIT {
  private static final Path NATIVES = Path.of("target", "natives").toAbsolutePath();

  @TempDir Path directory;

  @Test
  void aKilledRunLeavesItsOwnFolderToTheNext() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Process killed =
        run(temporary, WavFile.write(directory.resolve("long.wav"), 600, 1).toString());
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> usesRocksDb(temporary) || !killed.isAlive());
    assertThat(killed.isAlive()).isTrue();
    killed.destroyForcibly().waitFor();
    assertThat(names(temporary)).singleElement().asString().startsWith("reprise-run-");

    Process next = run(temporary, WavFile.write(directory.resolve("short.wav"), 2, 2).toString());
    assertThat(next.waitFor()).as(Files.readString(log())).isZero();
    assertThat(names(temporary)).isEmpty();
  }

  private Process run(Path temporary, String file) throws IOException {
    return OwnProcess.start(
        log(),
        List.of(
            "-Djava.io.tmpdir=" + temporary,
            "-Djava.library.path=" + NATIVES,
            "-Donnxruntime.native.path=" + NATIVES),
        List.of("run", file));
  }

  private Path log() {
    return directory.resolve("log");
  }

  private static boolean usesRocksDb(Path temporary) throws IOException {
    try (Stream<Path> all = Files.walk(temporary)) {
      return all.anyMatch(file -> file.endsWith("CURRENT"));
    } catch (java.io.UncheckedIOException e) {
      // A file that was deleted meanwhile.
      return false;
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).toList();
    }
  }
}

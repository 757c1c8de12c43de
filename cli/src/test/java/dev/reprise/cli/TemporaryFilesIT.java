package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files left in the temporary folder, with the native libraries where the launcher has them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@Tag("slow")
class TemporaryFilesIT {
  private static final Path NATIVES = Path.of("target", "natives").toAbsolutePath();

  @TempDir Path directory;

  @Test
  void theNextRunDeletesTheFolderOfAKilledOne() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Process killed =
        run(temporary, WavFile.write(directory.resolve("long.wav"), 600, 1).toString());
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> usesRocksDb(temporary) || !killed.isAlive());
    assertThat(killed.isAlive()).as(Files.readString(log())).isTrue();
    killed.destroyForcibly().waitFor();
    for (Path left : children(temporary)) {
      if (left.getFileName().toString().startsWith("onnxruntime-java")) {
        assertThat(left).isEmptyDirectory();
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
      } else {
        assertThat(left.getFileName().toString()).startsWith("reprise-run-");
      }
    }

    Process next = run(temporary, WavFile.write(directory.resolve("short.wav"), 2, 2).toString());
    assertThat(next.waitFor()).as(Files.readString(log())).isZero();
    assertThat(temporary).isEmptyDirectory();
  }

  private Process run(Path temporary, String file) throws IOException {
    return OwnProcess.start(
        log(),
        List.of(
            "-Djava.io.tmpdir=" + temporary,
            "-Djava.library.path=" + NATIVES,
            "-Donnxruntime.native.path=" + NATIVES),
        List.of("run", "--model-repository", RunIT.MODELS, file));
  }

  private Path log() {
    return directory.resolve("log");
  }

  private static boolean usesRocksDb(Path temporary) throws IOException {
    try (Stream<Path> all = Files.walk(temporary)) {
      return all.anyMatch(file -> file.endsWith("CURRENT"));
    } catch (UncheckedIOException e) {
      // A file was deleted during the walk.
      return false;
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }
}

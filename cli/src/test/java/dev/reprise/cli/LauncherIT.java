package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher as cron, systemd or a bare container starts it: without a UTF-8 locale. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LauncherIT {
  private final Path directory;
  private final Path music;
  private final Path out;

  LauncherIT(@TempDir Path directory) throws IOException {
    this.directory = directory.toRealPath();
    music = Files.createDirectory(this.directory.resolve("music"));
    out = this.directory.resolve("out");
  }

  /** Installs the launcher as in a release, and a Java that runs on this test's class path. */
  @BeforeEach
  void install() throws IOException {
    Files.copy(Path.of("..", "reprise"), directory.resolve("reprise"));
    Path target = Files.createDirectories(directory.resolve("cli/target"));
    Files.createFile(target.resolve("built"));
    Path jdk = directory.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(
        jdk.resolve("release"), "JAVA_VERSION=\"%d\"%n".formatted(Runtime.version().feature()));
    Path java = jdk.resolve("bin/java");
    Files.writeString(
        java,
        """
        #!/bin/bash
        while [[ "$1" != dev.reprise.cli.Main ]]; do
          [[ "$1" == -XX:ArchiveClassesAtExit* ]] && exit
          shift
        done
        exec '%s/bin/java' -cp '%s' "$@"
        """
            .formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"LC_ALL=C", "LC_ALL=POSIX", "LANG=xx_XX.UTF-8", "LC_ALL=C.UTF-8"})
  void readsEveryNameUnderAnyLocale(String locale) throws Exception {
    for (String name : List.of("caf%E8", "caf%E0", "Sigur%20R%C3%B3s", "esc%1B%5B31mred")) {
      audio(name);
    }
    List<String> lines =
        run(
            locale,
            "extract",
            "'" + music + "'",
            "--root",
            "'" + music + "'",
            "--out",
            "'" + out + "/é'");
    assertThat(lines).contains("4 of 4 files in " + out + "/é.");
    for (String id : List.of("caf\\xe8", "caf\\xe0", "Sigur Rós", "esc\\u001b[31mred")) {
      Path file = Path.of(URI.create(out.toUri() + "/%C3%A9/").resolve(encoded(id + ".wav.0.npy")));
      assertThat(Files.exists(file)).as(id).isTrue();
    }
  }

  @Test
  void passesArgumentsThatAreNotUtf8() throws Exception {
    audio("caf%E8");
    Files.writeString(music.resolve("caf\\xe8.wav"), "A file whose name only looks like it.");
    List<String> lines =
        run(
            "LC_ALL=C",
            "extract",
            "$'caf\\xe8.wav'",
            "$'esc\\x1b[31m\\xe0.wav'",
            "--root . --out ../out");
    assertThat(lines)
        .contains("1 of 1 files in ../out.", music + "/esc\\u001b[31m\\xe0.wav does not exist.");
    assertThat(out.resolve("caf\\xe8.wav.0.npy")).exists();
  }

  @Test
  void reportsHowManyOpenFilesItNeeds() throws Exception {
    audio("any");
    assertThat(run("LC_ALL=C", "--version; ulimit -n 64; bash ../reprise --version"))
        .last()
        .asString()
        .contains("Only 64 files may be open at a time", "192");
  }

  private void audio(String encodedName) throws IOException {
    Path file = WavFile.write(directory.resolve("any.wav"), 2, encodedName.hashCode());
    Files.move(file, Path.of(URI.create(music.toUri() + encodedName + ".wav")));
  }

  private static String encoded(String name) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      encoded.append("%%%02X".formatted(b));
    }
    return encoded.toString();
  }

  /** Runs the launcher with nothing but a path, a home and a locale in its environment. */
  private List<String> run(String locale, String... words) throws Exception {
    File log = directory.resolve("log").toFile();
    String command =
        "env -i PATH=\"$PATH\" HOME=. JAVA_HOME='%s' %s bash '%s' %s"
            .formatted(
                directory.resolve("jdk"),
                locale,
                directory.resolve("reprise"),
                String.join(" ", words));
    // Bash produces the bytes that Java cannot pass; the script is ASCII except for quoted text.
    Path script = Files.writeString(directory.resolve("script"), command);
    Process process =
        new ProcessBuilder("bash", script.toString())
            .directory(music.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    process.waitFor();
    return Files.readAllLines(log.toPath());
  }
}

package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.contract.MfccContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtractIT {
  /**
   * 128 bytes of header, and 20 coefficients of 4 bytes for each frame, one for each started hop.
   */
  private static final long FULL_CLIP_BYTES = 128 + 20 * 4 * 1292;

  private final Console console = new Console();
  private final Path music;
  private final Path out;

  ExtractIT(@TempDir Path directory) throws IOException {
    Path real = directory.toRealPath();
    music = Files.createDirectory(real.resolve("music"));
    out = real.resolve("out");
  }

  @Test
  void writesAFileForEachClipAndResumes() throws Exception {
    WavFile.write(music.resolve("album/song.wav"), 45, 1);
    Files.writeString(music.resolve("lyrics.mp3"), "la la la");

    assertThat(extract(music)).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .hasSize(2)
        .contains("1 of 2 files in " + out + ".")
        .anyMatch(line -> line.contains("lyrics.mp3: unknown-format: "));
    Path first = out.resolve("album/song.wav.0.npy");
    assertThat(first).hasSize(FULL_CLIP_BYTES);
    assertThat(out.resolve("album/song.wav.1.npy")).exists();
    JsonObject manifest = manifest("album/song.wav");
    assertThat(manifest.get("track_id").getAsString()).isEqualTo("album/song.wav");
    assertThat(manifest.get("source").getAsString())
        .isEqualTo(music.resolve("album/song.wav").toUri().toString());
    assertThat(manifest.get("clip_count").getAsInt()).isEqualTo(2);

    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(first, longAgo);
    extract(music);
    assertThat(Files.getLastModifiedTime(first)).isEqualTo(longAgo);
  }

  /** With the files of a process that was killed, or of a build that wrote no manifests. */
  @Test
  void resumesAfterAKill() throws Exception {
    WavFile.write(music.resolve("000/000002.wav"), 12, 1);
    Files.createDirectories(out.resolve("000"));
    for (int clip = 0; clip < 3; clip++) {
      Files.write(out.resolve("000/000002.wav." + clip + ".npy"), new byte[100]);
    }
    assertThat(extract(music)).isZero();
    assertThat(Files.size(out.resolve("000/000002.wav.0.npy"))).isGreaterThan(100);
    assertThat(out.resolve("000/000002.wav.1.npy")).doesNotExist();
    assertThat(out.resolve("000/000002.wav.2.npy")).doesNotExist();
  }

  @Test
  void extractsReplacedAndResizedFilesAgain() throws Exception {
    Path song = WavFile.write(music.resolve("song.wav"), 35, 1);
    FileTime time = Files.getLastModifiedTime(song);
    assertThat(extract(music)).isZero();
    byte[] before = Files.readAllBytes(out.resolve("song.wav.0.npy"));

    // Other audio of the same size and time.
    WavFile.write(song, 35, 2);
    Files.setLastModifiedTime(song, time);
    assertThat(extract(music)).isZero();
    byte[] replaced = Files.readAllBytes(out.resolve("song.wav.0.npy"));
    assertThat(replaced).isNotEqualTo(before);

    WavFile.write(song, 12, 2);
    assertThat(extract(music)).isZero();
    assertThat(Files.size(out.resolve("song.wav.0.npy"))).isLessThan(FULL_CLIP_BYTES);
    assertThat(out.resolve("song.wav.1.npy")).doesNotExist();

    // The arrays of the audio that was replaced are deleted.
    Files.writeString(song, "la la la");
    assertThat(extract(music)).isEqualTo(ExitCode.FAILED);
    assertThat(out.resolve("song.wav.0.npy")).doesNotExist();
    assertThat(out.resolve("song.wav.json")).doesNotExist();
  }

  @Test
  void keepsNoArraysOfAFileThatIsBeingWritten() throws Exception {
    Path song = WavFile.write(music.resolve("song.wav"), 12, 1);
    AtomicBoolean written = new AtomicBoolean();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              for (long millis = 0; !written.get(); millis++) {
                assertThat(song.toFile().setLastModified(millis)).isTrue();
              }
            });
    assertThat(extract(music)).isEqualTo(ExitCode.FAILED);
    written.set(true);
    writing.join();
    assertThat(console.err())
        .containsExactly(
            "0 of 1 files in " + out + ".",
            song + " is still being written: it changed while it was being read.");
    assertThat(out.resolve("song.wav.0.npy")).doesNotExist();

    assertThat(extract(music)).isZero();
    assertThat(out.resolve("song.wav.0.npy")).exists();
  }

  /** The rest of the file may still arrive. */
  @Test
  void extractsATruncatedFileAgain() throws Exception {
    Path song = WavFile.write(music.resolve("song.wav"), 12, 1);
    byte[] whole = Files.readAllBytes(song);
    Files.write(song, Arrays.copyOf(whole, whole.length / 2));
    assertThat(extract(music)).isZero();
    assertThat(manifest("song.wav").get("marks").toString()).isEqualTo("[\"truncated\"]");

    Path first = out.resolve("song.wav.0.npy");
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(first, longAgo);
    assertThat(extract(music)).isZero();
    assertThat(Files.getLastModifiedTime(first)).isNotEqualTo(longAgo);

    Files.write(song, whole);
    assertThat(extract(music)).isZero();
    assertThat(manifest("song.wav").get("marks").toString()).isEqualTo("[]");
  }

  @Test
  void keepsTheArraysOfFilesWithOneNameApart() throws Exception {
    for (String album : List.of("CD1", "CD2")) {
      Path folder = music.resolve(album);
      WavFile.write(folder.resolve("01.wav"), 2, album.hashCode());
      assertThat(console.run("extract", "" + folder, "--out", "" + out)).isZero();
    }
    try (Stream<Path> files = Files.walk(out)) {
      assertThat(files.filter(file -> file.toString().endsWith("01.wav.0.npy"))).hasSize(2);
    }
  }

  @Test
  void doesNotReplaceTheArraysOfAnotherFile() throws Exception {
    for (String album : List.of("CD1", "CD2")) {
      WavFile.write(music.resolve(album + "/01.wav"), 2, album.hashCode());
    }
    String[] roots = {"" + music.resolve("CD1"), "" + music.resolve("CD2")};
    assertThat(console.run("extract", "--root", roots[0], roots[0], "--out", "" + out)).isZero();
    byte[] first = Files.readAllBytes(out.resolve("01.wav.0.npy"));
    assertThat(console.run("extract", "--root", roots[1], roots[1], "--out", "" + out))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .last()
        .asString()
        .contains("CD2/01.wav: ", "01.wav.json holds the arrays of file://", "CD1/01.wav; ");
    assertThat(out.resolve("01.wav.0.npy")).hasBinaryContent(first);
  }

  @Test
  void extractsTheOthersIfAFileFails() throws Exception {
    WavFile.write(music.resolve("a.wav"), 2, 1);
    // The longest name possible, which the clip's ending would exceed.
    WavFile.write(music.resolve("n".repeat(250) + ".wav"), 2, 2);
    WavFile.write(music.resolve("b/01.wav"), 2, 3);
    // A file blocks the folder for the arrays of b/01.wav.
    Files.createDirectories(out);
    Files.writeString(out.resolve("b"), "");
    Path missing = music.resolve("missing");
    assertThat(
            console.run(
                "extract", "" + music, "" + missing, "--root", "" + music, "--out", "" + out))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .hasSize(3)
        .contains("2 of 3 files in " + out + ".", missing + " does not exist.")
        .anyMatch(line -> line.contains("b/01.wav: its arrays cannot be written: "));
    assertThat(out.resolve("a.wav.0.npy")).exists();
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(Path::toString).filter(file -> file.endsWith("nnn.wav.0.npy")))
          .hasSize(1);
    }
  }

  @Test
  void namesFilesByNumber() {
    WavFile.write(music.resolve("000/000002.wav"), 12, 1);
    assertThat(console.run("extract", music.toString(), "--track-id", "number", "--out", "" + out))
        .isZero();
    assertThat(out.resolve("2.0.npy")).exists();
  }

  @Test
  void reportsTheContractOfTheFolder() throws Exception {
    Path song = WavFile.write(music.resolve("song.wav"), 12, 1);
    assertThat(console.run("extract", song.toString(), "--out", out.toString())).isZero();
    MfccContract contract = MfccContract.current();
    assertThat(out.resolve("contract.txt"))
        .hasContent(contract.name() + " " + contract.sha256() + "\n");

    Files.writeString(out.resolve("contract.txt"), "another-contract 0123\n");
    assertThat(console.run("extract", song.toString(), "--out", out.toString()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .singleElement()
        .asString()
        .contains("holds coefficients of contract another-contract 0123", "use a different folder");
  }

  @Test
  void requiresAnOutputFolder() {
    assertThat(console.run("extract", music.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(console.err()).contains("Missing required option: '--out=DIR'.");
  }

  private int extract(Path folder) {
    return console.run("extract", "" + folder, "--root", "" + folder, "--out", "" + out);
  }

  private JsonObject manifest(String trackId) throws IOException {
    return JsonParser.parseString(Files.readString(out.resolve(trackId + ".json")))
        .getAsJsonObject();
  }
}

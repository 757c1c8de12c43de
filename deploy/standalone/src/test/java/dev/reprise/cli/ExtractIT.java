package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.MfccContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtractIT {
  /** 128 bytes of header, 20 coefficients of 4 bytes for each frame, a frame each started hop. */
  private static final long FULL_CLIP_BYTES = 128 + 20 * 4 * 1292;

  private final Console console = new Console();

  @Test
  void writesAFileForEachClipAndGoesOnWhereItStopped(@TempDir Path directory) throws Exception {
    Path music = directory.resolve("music");
    WavFile.write(music.resolve("album/song.wav"), 45, 1);
    Files.writeString(music.resolve("lyrics.mp3"), "la la la");
    Path out = directory.resolve("out");

    assertThat(console.run("extract", music.toString(), "--out", out.toString()))
        .isEqualTo(Cli.FAILED);
    assertThat(console.err())
        .hasSize(2)
        .contains("1 of 2 files in " + out + ".")
        .anyMatch(line -> line.contains("lyrics.mp3: unknown-format: "));
    Path first = out.resolve("album/song.0.npy");
    assertThat(first).hasSize(FULL_CLIP_BYTES);
    assertThat(out.resolve("album/song.1.npy")).exists();

    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(first, longAgo);
    console.run("extract", music.toString(), "--out", out.toString());
    assertThat(Files.getLastModifiedTime(first)).isEqualTo(longAgo);
  }

  /** In folders like FMA's: {@code fma_small/000/000002.mp3}. */
  @Test
  void goesOnWhereItWasKilled(@TempDir Path directory) throws Exception {
    Path music = directory.resolve("fma_small");
    WavFile.write(music.resolve("000/000002.wav"), 30, 1);
    WavFile.write(music.resolve("000/000005.wav"), 45, 2);
    Path out = directory.resolve("mfcc");
    // What is left by a process that was killed: a later clip and a part of the first.
    Path half = out.resolve("000/000005.0.npy.part");
    Files.createDirectories(half.getParent());
    Files.write(half, new byte[100]);
    Files.write(out.resolve("000/000005.1.npy"), new byte[100]);

    assertThat(console.run("extract", music.toString(), "--out", out.toString())).isZero();
    assertThat(console.err()).containsExactly("2 of 2 files in " + out + ".");
    assertThat(out.resolve("000/000002.0.npy")).hasSize(FULL_CLIP_BYTES);
    assertThat(out.resolve("000/000005.0.npy")).hasSize(FULL_CLIP_BYTES);
    assertThat(out.resolve("000/000005.1.npy")).isNotEmptyFile();
    assertThat(Files.size(out.resolve("000/000005.1.npy"))).isGreaterThan(100);
    assertThat(half).doesNotExist();
  }

  @Test
  void namesFilesByNumber(@TempDir Path directory) {
    Path music = directory.resolve("fma_small");
    WavFile.write(music.resolve("000/000002.wav"), 12, 1);
    Path out = directory.resolve("mfcc");
    assertThat(console.run("extract", music.toString(), "--track-id", "number", "--out", "" + out))
        .isZero();
    assertThat(out.resolve("2.0.npy")).exists();
  }

  @Test
  void saysWhichContractTheFolderHolds(@TempDir Path directory) throws Exception {
    Path song = WavFile.write(directory.resolve("song.wav"), 12, 1);
    Path out = directory.resolve("out");
    assertThat(console.run("extract", song.toString(), "--out", out.toString())).isZero();
    MfccContract contract = MfccContract.current();
    assertThat(out.resolve("contract.txt"))
        .hasContent(contract.name() + " " + contract.sha256() + "\n");

    Files.writeString(out.resolve("contract.txt"), "another-contract 0123\n");
    assertThat(console.run("extract", song.toString(), "--out", out.toString()))
        .isEqualTo(Cli.FAILED);
    assertThat(console.err())
        .singleElement()
        .asString()
        .contains("holds coefficients of contract another-contract 0123", "name another folder");
  }

  @Test
  void wantsAFolderToWriteTo(@TempDir Path directory) {
    assertThat(console.run("extract", directory.toString())).isEqualTo(Cli.MISUSED);
    assertThat(console.err()).contains("Missing required option: '--out=DIR'.");
  }
}

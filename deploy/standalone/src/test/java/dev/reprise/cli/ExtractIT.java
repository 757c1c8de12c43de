package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void wantsAFolderToWriteTo(@TempDir Path directory) {
    assertThat(console.run("extract", directory.toString())).isEqualTo(Cli.MISUSED);
    assertThat(console.err()).contains("Missing required option: '--out=DIR'.");
  }
}

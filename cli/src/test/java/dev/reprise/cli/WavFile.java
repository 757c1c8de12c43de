package dev.reprise.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Creates audio files: 16 bits, mono, 22,050 Hz. */
final class WavFile {
  private static final float RATE_HZ = 22_050;

  private WavFile() {}

  /** Writes noise that decays after each beat, two beats a second. */
  static Path write(Path file, int seconds, long seed) {
    Random random = new Random(seed);
    int samples = (int) (seconds * RATE_HZ);
    ByteBuffer bytes = ByteBuffer.allocate(2 * samples).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples; i++) {
      double sinceBeat = i % (RATE_HZ / 2) / RATE_HZ;
      bytes.putShort((short) (8_000 * Math.exp(-8 * sinceBeat) * random.nextGaussian() / 4));
    }
    AudioFormat format = new AudioFormat(RATE_HZ, 16, 1, true, false);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      AudioSystem.write(
          new AudioInputStream(new ByteArrayInputStream(bytes.array()), format, samples),
          AudioFileFormat.Type.WAVE,
          file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }
}

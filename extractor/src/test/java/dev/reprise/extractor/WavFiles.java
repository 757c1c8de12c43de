package dev.reprise.extractor;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Creates WAV files: tones of 16 bits, and any samples as 32-bit floats. */
public final class WavFiles {
  private static final int RIFF_LENGTH_OFFSET = 4;
  private static final int DATA_LENGTH_OFFSET = 40;

  private WavFiles() {}

  /** Returns a 440 Hz tone, mono. */
  public static byte[] tone(int rateHz, double seconds) {
    int samples = (int) (rateHz * seconds);
    ByteBuffer data = ByteBuffer.allocate(samples * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples; i++) {
      data.putShort((short) (8_000 * Math.sin(2 * Math.PI * 440 * i / rateHz)));
    }
    return encode(Encoding.PCM_SIGNED, rateHz, Short.SIZE, 1, data.array());
  }

  /** Returns a tone whose header does not give the length, as an interrupted recorder leaves it. */
  public static byte[] toneWithoutLength(int rateHz, double seconds) {
    byte[] wav = tone(rateHz, seconds);
    ByteBuffer.wrap(wav).putInt(RIFF_LENGTH_OFFSET, -1).putInt(DATA_LENGTH_OFFSET, -1);
    return wav;
  }

  /**
   * Returns the samples as 32-bit floats.
   *
   * @param channels [channels][samples]
   */
  public static byte[] floats(int rateHz, float[]... channels) {
    int samples = channels[0].length;
    ByteBuffer data =
        ByteBuffer.allocate(samples * channels.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples; i++) {
      for (float[] channel : channels) {
        data.putFloat(channel[i]);
      }
    }
    return encode(Encoding.PCM_FLOAT, rateHz, Float.SIZE, channels.length, data.array());
  }

  private static byte[] encode(
      Encoding encoding, int rateHz, int sampleBits, int channels, byte[] data) {
    int frameBytes = channels * sampleBits / Byte.SIZE;
    float rate = rateHz;
    AudioFormat format =
        new AudioFormat(encoding, rate, sampleBits, channels, frameBytes, rate, false);
    AudioInputStream frames =
        new AudioInputStream(new ByteArrayInputStream(data), format, data.length / frameBytes);
    ByteArrayOutputStream wav = new ByteArrayOutputStream();
    try {
      AudioSystem.write(frames, AudioFileFormat.Type.WAVE, wav);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return wav.toByteArray();
  }
}

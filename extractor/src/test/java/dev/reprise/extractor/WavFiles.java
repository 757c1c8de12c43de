package dev.reprise.extractor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Creates small WAV files: a 440 Hz tone, 16 bit, mono. */
public final class WavFiles {
  private static final int HEADER_BYTES = 44;

  private WavFiles() {}

  public static byte[] tone(int sampleRateHz, double seconds) {
    return tone(sampleRateHz, seconds, true);
  }

  /** Returns a tone whose header does not give the length, as an interrupted recorder leaves it. */
  public static byte[] toneOfUntoldLength(int sampleRateHz, double seconds) {
    return tone(sampleRateHz, seconds, false);
  }

  private static byte[] tone(int sampleRateHz, double seconds, boolean withLength) {
    int samples = (int) (sampleRateHz * seconds);
    int dataBytes = samples * Short.BYTES;
    ByteBuffer wav = ByteBuffer.allocate(HEADER_BYTES + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    wav.put(ascii("RIFF")).putInt(withLength ? HEADER_BYTES - 8 + dataBytes : -1);
    wav.put(ascii("WAVEfmt ")).putInt(16).putShort((short) 1).putShort((short) 1);
    wav.putInt(sampleRateHz).putInt(sampleRateHz * Short.BYTES);
    wav.putShort((short) Short.BYTES).putShort((short) Short.SIZE);
    wav.put(ascii("data")).putInt(withLength ? dataBytes : -1);
    for (int i = 0; i < samples; i++) {
      wav.putShort((short) (8_000 * Math.sin(2 * Math.PI * 440 * i / sampleRateHz)));
    }
    return wav.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

package dev.reprise.extractor.golden;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Creates RIFF WAVE files of 32-bit floats. */
public final class FloatWav {
  private static final int HEADER_BYTES = 44;
  private static final short IEEE_FLOAT = 3;

  private FloatWav() {}

  /**
   * @param channels [channels][samples]
   */
  public static byte[] of(int rateHz, float[]... channels) {
    int frameBytes = Float.BYTES * channels.length;
    int dataBytes = frameBytes * channels[0].length;
    ByteBuffer wav = ByteBuffer.allocate(HEADER_BYTES + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    wav.put(ascii("RIFF")).putInt(HEADER_BYTES - 8 + dataBytes).put(ascii("WAVEfmt ")).putInt(16);
    wav.putShort(IEEE_FLOAT).putShort((short) channels.length).putInt(rateHz);
    wav.putInt(rateHz * frameBytes).putShort((short) frameBytes).putShort((short) 32);
    wav.put(ascii("data")).putInt(dataBytes);
    for (int i = 0; i < channels[0].length; i++) {
      for (float[] channel : channels) {
        wav.putFloat(channel[i]);
      }
    }
    return wav.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

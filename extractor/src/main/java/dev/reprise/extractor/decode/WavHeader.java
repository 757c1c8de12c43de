package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avformat.avio_feof;
import static org.bytedeco.ffmpeg.global.avformat.avio_rl32;
import static org.bytedeco.ffmpeg.global.avformat.avio_seek;
import static org.bytedeco.ffmpeg.global.avformat.avio_skip;

import org.bytedeco.ffmpeg.avformat.AVIOContext;

/**
 * Reads how much audio a WAV file's header declares: FFmpeg discards that if the file ends earlier,
 * which is when it matters.
 */
final class WavHeader {
  private static final int RIFF = 0x46464952;
  private static final int DATA = 0x61746164;
  private static final int CHUNKS_OFFSET = 12;
  private static final int MAX_CHUNKS = 64;

  /** Written by programs that do not know the size yet. */
  private static final long UNKNOWN = 0xffffffffL;

  private WavHeader() {}

  /**
   * Returns the size of the data chunk in bytes, or 0 if the header gives none. The input is at its
   * start before and after.
   */
  static long dataBytes(AVIOContext avio) {
    long bytes = 0;
    if (avio_rl32(avio) == RIFF) {
      avio_seek(avio, CHUNKS_OFFSET, 0);
      for (int i = 0; i < MAX_CHUNKS && bytes == 0; i++) {
        int tag = avio_rl32(avio);
        long size = Integer.toUnsignedLong(avio_rl32(avio));
        if (avio_feof(avio) != 0) {
          break;
        }
        if (tag == DATA) {
          bytes = size;
        } else {
          avio_skip(avio, size + size % 2);
        }
      }
    }
    avio_seek(avio, 0, 0);
    return bytes == UNKNOWN ? 0 : bytes;
  }
}

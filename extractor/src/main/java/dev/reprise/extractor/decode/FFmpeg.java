package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;
import static org.bytedeco.ffmpeg.global.avutil.av_version_info;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.presets.avutil;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/** The native library itself: loaded once per process, silent, and named for people. */
public final class FFmpeg {
  static final int AGAIN;
  static final int IO_ERROR;

  private static final int LONGEST_MESSAGE = 128;

  static {
    Loader.load(org.bytedeco.ffmpeg.global.avutil.class);
    Loader.load(org.bytedeco.ffmpeg.global.avformat.class);
    Loader.load(org.bytedeco.ffmpeg.global.swresample.class);
    AGAIN = avutil.AVERROR_EAGAIN();
    IO_ERROR = avutil.AVERROR_EIO();
    // What FFmpeg would print belongs to one file among many; the exception says what matters of
    // it.
    av_log_set_level(AV_LOG_QUIET);
  }

  private FFmpeg() {}

  /** Loads the library, so that its first user does not pay for it. */
  static void load() {
    // The static initializer does it.
  }

  /** The version that is loaded, for example {@code 8.1.2}. */
  public static String version() {
    return av_version_info().getString();
  }

  /** FFmpeg's words for one of its error codes. */
  static String message(int error) {
    byte[] text = new byte[LONGEST_MESSAGE];
    av_strerror(error, text, text.length);
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8);
  }

  /**
   * @throws OutOfMemoryError if FFmpeg could not allocate {@code what}
   */
  static <T extends Pointer> T allocated(T pointer, String what) {
    if (pointer == null || pointer.isNull()) {
      throw new OutOfMemoryError("FFmpeg could not allocate " + what + ".");
    }
    return pointer;
  }
}

package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_max_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;
import static org.bytedeco.ffmpeg.global.avutil.av_version_info;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.presets.avutil;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/** The native library itself: loaded once per process, silent, and named for people. */
public final class FFmpeg {
  static final int AGAIN;
  static final int IO_ERROR;

  /**
   * System property: the most bytes that FFmpeg may allocate at once. A crafted header that claims
   * millions of entries then costs its file a rejection.
   */
  static final String MAX_ALLOC_PROPERTY = "reprise.decoder.max-alloc";

  private static final long DEFAULT_MAX_ALLOC = 128L << 20;
  private static final int OUT_OF_MEMORY;
  private static final int LONGEST_MESSAGE = 128;

  static {
    Loader.load(org.bytedeco.ffmpeg.global.avutil.class);
    Loader.load(org.bytedeco.ffmpeg.global.avformat.class);
    Loader.load(org.bytedeco.ffmpeg.global.swresample.class);
    AGAIN = avutil.AVERROR_EAGAIN();
    IO_ERROR = avutil.AVERROR_EIO();
    OUT_OF_MEMORY = avutil.AVERROR_ENOMEM();
    av_max_alloc(Long.getLong(MAX_ALLOC_PROPERTY, DEFAULT_MAX_ALLOC));
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
   * Returns the rejection of a file on which FFmpeg failed.
   *
   * @param error FFmpeg's error code
   * @param what failed, as the beginning of a sentence
   */
  static RejectedException rejection(int error, String what) {
    return new RejectedException(
        error == OUT_OF_MEMORY ? Reason.DECODER_OUT_OF_MEMORY : Reason.DECODE_FAILED,
        what + ": " + message(error) + ".");
  }

  /**
   * @throws RejectedException with {@link Reason#DECODER_OUT_OF_MEMORY} if {@code error} says so
   */
  static void requireMemory(int error, String what) throws RejectedException {
    if (error == OUT_OF_MEMORY) {
      throw outOfMemory(what);
    }
  }

  static RejectedException outOfMemory(String what) {
    return new RejectedException(
        Reason.DECODER_OUT_OF_MEMORY,
        "The decoder's memory does not suffice for " + what + " of this file.");
  }

  /**
   * @throws RejectedException with {@link Reason#DECODER_OUT_OF_MEMORY} if FFmpeg could not
   *     allocate {@code what}
   */
  static <T extends Pointer> T allocated(T pointer, String what) throws RejectedException {
    if (pointer == null || pointer.isNull()) {
      throw outOfMemory(what);
    }
    return pointer;
  }
}

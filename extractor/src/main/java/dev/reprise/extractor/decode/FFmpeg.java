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

/** Loads the native library once per process, silences its log and describes its errors. */
public final class FFmpeg {
  static final int AGAIN;
  static final int IO_ERROR;

  /**
   * System property: the maximum size of one allocation of FFmpeg, in bytes. A file whose crafted
   * header claims millions of entries is then rejected.
   */
  static final String MAX_ALLOC_PROPERTY = "reprise.decoder.max-alloc";

  private static final long DEFAULT_MAX_ALLOC = 128L << 20;
  private static final int OUT_OF_MEMORY;
  private static final int MAX_MESSAGE_BYTES = 128;

  static {
    Loader.load(org.bytedeco.ffmpeg.global.avutil.class);
    Loader.load(org.bytedeco.ffmpeg.global.avformat.class);
    Loader.load(org.bytedeco.ffmpeg.global.swresample.class);
    AGAIN = avutil.AVERROR_EAGAIN();
    IO_ERROR = avutil.AVERROR_EIO();
    OUT_OF_MEMORY = avutil.AVERROR_ENOMEM();
    av_max_alloc(Long.getLong(MAX_ALLOC_PROPERTY, DEFAULT_MAX_ALLOC));
    // FFmpeg's log does not say which file it concerns; the exceptions contain what matters.
    av_log_set_level(AV_LOG_QUIET);
  }

  private FFmpeg() {}

  /** Loads the library ahead of its first use. */
  static void load() {
    // The static initializer does it.
  }

  /** Returns the version that is loaded, for example {@code 8.1.2}. */
  public static String version() {
    return av_version_info().getString();
  }

  /** Returns FFmpeg's message for one of its error codes. */
  static String message(int error) {
    byte[] text = new byte[MAX_MESSAGE_BYTES];
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
   * Requires that FFmpeg did not run out of memory.
   *
   * @throws RejectedException with {@link Reason#DECODER_OUT_OF_MEMORY} if {@code error} is that
   */
  static void requireMemory(int error, String what) throws RejectedException {
    if (error == OUT_OF_MEMORY) {
      throw outOfMemory(what);
    }
  }

  static RejectedException outOfMemory(String what) {
    return new RejectedException(
        Reason.DECODER_OUT_OF_MEMORY,
        "The decoder does not have enough memory for " + what + " of this file.");
  }

  /**
   * Returns {@code pointer} if it was allocated.
   *
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

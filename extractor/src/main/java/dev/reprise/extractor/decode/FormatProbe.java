package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avformat.AVPROBE_PADDING_SIZE;
import static org.bytedeco.ffmpeg.global.avformat.AVPROBE_SCORE_EXTENSION;
import static org.bytedeco.ffmpeg.global.avformat.AVPROBE_SCORE_MIME_BONUS;
import static org.bytedeco.ffmpeg.global.avformat.AVPROBE_SCORE_RETRY;
import static org.bytedeco.ffmpeg.global.avformat.av_match_ext;
import static org.bytedeco.ffmpeg.global.avformat.av_probe_input_format3;
import static org.bytedeco.ffmpeg.global.avformat.avio_read;
import static org.bytedeco.ffmpeg.global.avformat.avio_seek;
import static org.bytedeco.ffmpeg.global.avutil.av_match_name;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVProbeData;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * Detects a file's format by its bytes, its name's extension and its media type.
 *
 * <p>Works like {@code av_probe_input_buffer2}, over growing windows until a demuxer is sure, with
 * two differences. A media type alone never ends the search, since it is often wrong. And frames of
 * a codec without a header ({@link Containers#isRaw}) need evidence: 4 to 7 frames in a row, or
 * some frames and a name or media type that agrees. Otherwise text would be mistaken for speech.
 */
final class FormatProbe {
  private static final int SMALLEST_WINDOW = 2048;
  private static final int LARGEST_WINDOW = 1 << 20;

  /** FFmpeg's score for several frames in a row among other bytes. */
  private static final int SEVERAL_FRAMES = AVPROBE_SCORE_EXTENSION / 2;

  private final ChannelInput input;
  private final String name;
  private final String mediaType;

  private FormatProbe(ChannelInput input, AudioInput audio) {
    this.input = input;
    // Only the extension of the name counts; the rest could be a pattern of image files.
    int dot = audio.fileName().lastIndexOf('.');
    this.name = dot < 0 ? "" : "audio" + audio.fileName().substring(dot).toLowerCase(Locale.ROOT);
    this.mediaType = audio.mediaType();
  }

  /**
   * Returns the format, or null if no demuxer recognises the bytes. The input is back at its start.
   *
   * @throws RejectedException if the format is recognised but not allowed, or the input fails
   */
  static @Nullable AVInputFormat formatOf(ChannelInput input, AudioInput audio)
      throws RejectedException {
    try (BytePointer window = new BytePointer(LARGEST_WINDOW + AVPROBE_PADDING_SIZE)) {
      AVInputFormat format = new FormatProbe(input, audio).search(window);
      avio_seek(input.avio(), 0, 0);
      input.check();
      return format;
    }
  }

  private @Nullable AVInputFormat search(BytePointer window) throws RejectedException {
    int enough = AVPROBE_SCORE_RETRY + (mediaType.isEmpty() ? 0 : AVPROBE_SCORE_MIME_BONUS);
    int filled = 0;
    for (int bytes = SMALLEST_WINDOW; bytes <= LARGEST_WINDOW; bytes *= 2) {
      int read = avio_read(input.avio(), window.getPointer(filled), bytes - filled);
      input.check();
      filled += Math.max(0, read);
      Guess guess = guess(window, filled, name, mediaType);
      boolean last = filled < bytes || bytes == LARGEST_WINDOW;
      if (last || (guess.isAllowed() && guess.score > enough)) {
        return accepted(guess, window, filled);
      }
    }
    throw new AssertionError("The largest window is the last.");
  }

  private @Nullable AVInputFormat accepted(Guess guess, BytePointer window, int filled)
      throws RejectedException {
    if (guess.format == null) {
      return null;
    }
    if (!guess.isAllowed()) {
      throw new RejectedException(
          Reason.UNKNOWN_FORMAT, "Reprise does not support the format " + guess.name() + ".");
    }
    if (Containers.isRaw(guess.name())) {
      Guess byBytes = guess(window, filled, "", "");
      int minScore = isNamed(guess.format) ? 1 : SEVERAL_FRAMES;
      if (!byBytes.name().equals(guess.name()) || byBytes.score < minScore) {
        return null;
      }
    }
    return guess.format;
  }

  private boolean isNamed(AVInputFormat format) {
    return av_match_ext(new BytePointer(name), format.extensions()) != 0
        || av_match_name(new BytePointer(mediaType), format.mime_type()) != 0;
  }

  private static Guess guess(BytePointer window, int filled, String name, String mediaType) {
    byte[] padding = new byte[AVPROBE_PADDING_SIZE];
    window.getPointer(filled).put(padding, 0, padding.length);
    try (AVProbeData data = new AVProbeData();
        BytePointer nativeName = new BytePointer(name, StandardCharsets.UTF_8);
        BytePointer nativeType = new BytePointer(mediaType, StandardCharsets.UTF_8)) {
      data.buf(window).buf_size(filled).filename(nativeName).mime_type(nativeType);
      int[] score = new int[1];
      AVInputFormat format = av_probe_input_format3(data, 1, score);
      return new Guess(format == null || format.isNull() ? null : format, score[0]);
    }
  }

  private record Guess(@Nullable AVInputFormat format, int score) {
    String name() {
      return format == null ? "" : format.name().getString();
    }

    boolean isAllowed() {
      return format != null && Containers.areAllowed(name());
    }
  }
}

package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_CUSTOM_IO;
import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_STREAM;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_DECODER_NOT_FOUND;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_q2d;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.jspecify.annotations.Nullable;

/**
 * An opened container: finds the best audio stream and reads its packets one by one.
 *
 * <p>Owns the format context and one packet, not the input. Not thread-safe.
 */
final class Demuxer implements NativeScope.Native {
  private final ChannelInput input;
  private final AVFormatContext context;
  private final AVPacket packet;
  private final String container;
  private final boolean guessed;
  private final long wavBytes;
  private int stream = -1;
  private double declaredSeconds = Double.NaN;
  private boolean failed;
  private boolean closed;

  /**
   * @param audio its name and media type are hints to the format
   * @throws RejectedException if the format is not allowed, or there is no audio stream that FFmpeg
   *     can decode
   */
  Demuxer(ChannelInput input, AudioInput audio) throws RejectedException {
    this.input = input;
    AVInputFormat probed = FormatProbe.formatOf(input, audio);
    // FLAC without its header, or after other bytes, is recognised by its frames only.
    guessed = probed == null;
    AVInputFormat format = probed == null ? av_find_input_format("flac") : probed;
    container = format.name().getString();
    wavBytes = container.equals("wav") ? WavHeader.dataBytes(input.avio()) : 0;
    context = open(input, format);
    packet = av_packet_alloc();
    try {
      FFmpeg.allocated(packet, "a packet");
      selectStream();
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  private static AVFormatContext open(ChannelInput input, AVInputFormat format)
      throws RejectedException {
    AVFormatContext context = FFmpeg.allocated(avformat_alloc_context(), "a demuxer");
    context.pb(input.avio());
    context.flags(context.flags() | AVFMT_FLAG_CUSTOM_IO);
    AVDictionary options = new AVDictionary(null);
    // Nothing that a file refers to is opened, even if its demuxer would open it.
    av_dict_set(options, "protocol_whitelist", "", 0);
    av_dict_set(options, "format_whitelist", Containers.whitelist(), 0);
    String container = format.name().getString();
    // Frees the context itself when it fails.
    int error = avformat_open_input(context, "", format, options);
    av_dict_free(options);
    if (error < 0) {
      input.check();
      throw FFmpeg.rejection(error, "The " + container + " file cannot be opened");
    }
    return context;
  }

  private void selectStream() throws RejectedException {
    // Before the streams are probed, so that no video or subtitle decoder sees a packet.
    discardAllBut(AVMEDIA_TYPE_AUDIO);
    long[] durations = new long[context.nb_streams()];
    Arrays.setAll(durations, i -> context.streams(i).duration());
    int error = avformat_find_stream_info(context, (AVDictionary) null);
    input.check();
    if (error < 0) {
      throw FFmpeg.rejection(error, "The " + container + " file cannot be read");
    }
    stream = av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, (AVCodec) null, 0);
    if (stream < 0) {
      throw noStream();
    }
    for (int i = 0; i < context.nb_streams(); i++) {
      if (i != stream) {
        context.streams(i).discard(AVDISCARD_ALL);
      }
    }
    declaredSeconds = headerSeconds(durations);
  }

  /**
   * Returns the duration that a header declares, in seconds, or NaN; never one that FFmpeg
   * estimated from the size or read from the file's end.
   */
  private double headerSeconds(long[] headers) {
    AVStream chosen = context.streams(stream);
    boolean fromHeader =
        context.duration_estimation_method() == AVFMT_DURATION_FROM_STREAM
            && !container.equals("ogg");
    long own = stream < headers.length ? headers[stream] : AV_NOPTS_VALUE;
    if (fromHeader && own > 0) {
      return own * av_q2d(chosen.time_base());
    }
    // A film's duration may be that of its video.
    if (fromHeader && context.nb_streams() == 1 && context.duration() > 0) {
      return (double) context.duration() / AV_TIME_BASE;
    }
    long bitRate = chosen.codecpar().bit_rate();
    return wavBytes > 0 && bitRate > 0 ? 8.0 * wavBytes / bitRate : Double.NaN;
  }

  private RejectedException noStream() {
    if (stream == AVERROR_DECODER_NOT_FOUND) {
      return new RejectedException(
          Reason.UNKNOWN_CODEC, "FFmpeg has no decoder for the " + container + " file's audio.");
    }
    for (int i = 0; i < context.nb_streams(); i++) {
      if (context.streams(i).codecpar().codec_type() == AVMEDIA_TYPE_AUDIO) {
        return guessed
            ? unknownFormat()
            : new RejectedException(
                Reason.DECODE_FAILED,
                "The " + container + " file does not specify how to decode its audio.");
      }
    }
    return new RejectedException(
        Reason.NO_AUDIO_STREAM, "The " + container + " file has no audio stream.");
  }

  private static RejectedException unknownFormat() {
    return new RejectedException(
        Reason.UNKNOWN_FORMAT, "The file is not in an audio format that Reprise supports.");
  }

  private void discardAllBut(int mediaType) {
    for (int i = 0; i < context.nb_streams(); i++) {
      if (context.streams(i).codecpar().codec_type() != mediaType) {
        context.streams(i).discard(AVDISCARD_ALL);
      }
    }
  }

  /** Returns FFmpeg's name of the container, or several separated by commas. */
  String container() {
    return container;
  }

  /** Returns FFmpeg's name of the audio stream's codec. */
  String codec() {
    return avcodec_get_name(parameters().codec_id()).getString();
  }

  /**
   * Returns the duration that the container's header declares, in seconds, or NaN if it declares
   * none.
   */
  double declaredSeconds() {
    return declaredSeconds;
  }

  AVCodecParameters parameters() {
    return context.streams(stream).codecpar();
  }

  /**
   * Returns the audio stream's next packet, valid until the next call, or null at the end.
   *
   * @throws RejectedException if the channel failed, the deadline passed, or memory is short
   */
  @Nullable AVPacket next() throws RejectedException {
    while (!failed) {
      av_packet_unref(packet);
      int error = av_read_frame(context, packet);
      input.check();
      if (error == AVERROR_EOF) {
        return null;
      }
      FFmpeg.requireMemory(error, "the container");
      if (error < 0 && error != FFmpeg.AGAIN) {
        failed = true;
      } else if (error >= 0 && packet.stream_index() == stream) {
        return packet;
      }
    }
    return null;
  }

  /** Returns whether the packets ended at an error in the container rather than at its end. */
  boolean failed() {
    return failed;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_packet_free(packet);
      avformat_close_input(context);
    }
  }
}

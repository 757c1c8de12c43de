package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.avformat.AVFormatContext.*;
import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.bytedeco.ffmpeg.global.swresample.*;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * Creates audio and video files with FFmpeg's own encoders and muxers.
 *
 * <p>Native memory of a failing call is not freed before the process ends.
 */
final class TestMedia {
  private static final int PCM_FRAME = 1024;
  private static final int VIDEO_RATE = 25;

  private final AVFormatContext muxer = new AVFormatContext(null);
  private final Path file;

  private TestMedia(Path folder, String format) throws IOException {
    FFmpeg.load();
    file = Files.createTempFile(folder, "media", "." + format);
    check(avformat_alloc_output_context2(muxer, null, format, file.toString()));
  }

  /**
   * Encodes a signal.
   *
   * @param format FFmpeg's name of the muxer
   * @param encoder FFmpeg's name of the encoder
   * @param signal [channels][samples]
   */
  static byte[] audio(Path folder, String format, String encoder, int rateHz, float[][] signal)
      throws IOException {
    TestMedia media = new TestMedia(folder, format);
    AVCodecContext audio = media.addAudio(encoder, rateHz, signal.length);
    media.begin();
    media.encode(audio, 0, signal);
    return media.finish(audio);
  }

  /** Encodes a signal together with a black picture, which comes first in the file. */
  static byte[] video(Path folder, String format, String encoder, int rateHz, float[][] signal)
      throws IOException {
    TestMedia media = new TestMedia(folder, format);
    AVCodecContext video = media.addVideo();
    AVCodecContext audio = media.addAudio(encoder, rateHz, signal.length);
    media.begin();
    media.encodeBlack(video, signal[0].length * VIDEO_RATE / rateHz);
    media.encode(audio, 1, signal);
    return media.finish(audio, video);
  }

  /** Encodes black pictures only. */
  static byte[] silentFilm(Path folder, String format) throws IOException {
    TestMedia media = new TestMedia(folder, format);
    AVCodecContext video = media.addVideo();
    media.begin();
    media.encodeBlack(video, VIDEO_RATE);
    return media.finish(video);
  }

  private AVCodecContext addAudio(String name, int rateHz, int channels) {
    AVCodec codec = avcodec_find_encoder_by_name(name);
    AVCodecContext encoder = avcodec_alloc_context3(codec);
    encoder.sample_rate(rateHz).sample_fmt(codec.sample_fmts().get(0));
    encoder.time_base(rational(1, rateHz)).strict_std_compliance(-2);
    av_channel_layout_default(encoder.ch_layout(), channels);
    return addStream(encoder, codec);
  }

  private AVCodecContext addVideo() {
    AVCodec codec = avcodec_find_encoder_by_name("mpeg4");
    AVCodecContext encoder = avcodec_alloc_context3(codec);
    encoder.width(64).height(48).pix_fmt(AV_PIX_FMT_YUV420P).time_base(rational(1, VIDEO_RATE));
    return addStream(encoder, codec);
  }

  private AVCodecContext addStream(AVCodecContext encoder, AVCodec codec) {
    if ((muxer.oformat().flags() & AVFMT_GLOBALHEADER) != 0) {
      encoder.flags(encoder.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    }
    check(avcodec_open2(encoder, codec, (AVDictionary) null));
    AVStream stream = avformat_new_stream(muxer, null);
    stream.time_base(encoder.time_base());
    check(avcodec_parameters_from_context(stream.codecpar(), encoder));
    return encoder;
  }

  private void begin() {
    AVIOContext io = new AVIOContext(null);
    check(avio_open(io, file.toString(), AVIO_FLAG_WRITE));
    muxer.pb(io);
    check(avformat_write_header(muxer, (AVDictionary) null));
  }

  private void encode(AVCodecContext encoder, int stream, float[][] signal) {
    int frameSize = encoder.frame_size() > 0 ? encoder.frame_size() : PCM_FRAME;
    SwrContext converter = new SwrContext(null);
    check(
        swr_alloc_set_opts2(
            converter,
            encoder.ch_layout(),
            encoder.sample_fmt(),
            encoder.sample_rate(),
            encoder.ch_layout(),
            AV_SAMPLE_FMT_FLTP,
            encoder.sample_rate(),
            0,
            null));
    check(swr_init(converter));
    for (int from = 0; from < signal[0].length; from += frameSize) {
      AVFrame frame = audioFrame(encoder, Math.min(frameSize, signal[0].length - from));
      frame.pts(from);
      convert(converter, frame, signal, from);
      send(encoder, stream, frame);
      av_frame_free(frame);
    }
    send(encoder, stream, null);
    swr_free(converter);
  }

  private static AVFrame audioFrame(AVCodecContext encoder, int samples) {
    AVFrame frame = av_frame_alloc();
    frame.nb_samples(samples).format(encoder.sample_fmt()).sample_rate(encoder.sample_rate());
    check(av_channel_layout_copy(frame.ch_layout(), encoder.ch_layout()));
    check(av_frame_get_buffer(frame, 0));
    return frame;
  }

  private static void convert(SwrContext converter, AVFrame frame, float[][] signal, int from) {
    int count = frame.nb_samples();
    try (PointerPointer<Pointer> planes = new PointerPointer<>(signal.length)) {
      FloatPointer[] inputs = new FloatPointer[signal.length];
      for (int c = 0; c < signal.length; c++) {
        inputs[c] = new FloatPointer(FloatBuffer.wrap(signal[c], from, count).slice());
        planes.put(c, inputs[c]);
      }
      check(swr_convert(converter, frame.extended_data(), count, planes, count));
      for (FloatPointer input : inputs) {
        input.close();
      }
    }
  }

  private void encodeBlack(AVCodecContext encoder, int pictures) {
    for (int i = 0; i < pictures; i++) {
      AVFrame frame = av_frame_alloc();
      frame.width(encoder.width()).height(encoder.height()).format(encoder.pix_fmt()).pts(i);
      check(av_frame_get_buffer(frame, 0));
      for (int plane = 0; plane < 3; plane++) {
        long bytes = (long) frame.linesize(plane) * encoder.height() / (plane == 0 ? 1 : 2);
        Pointer.memset(frame.data(plane), plane == 0 ? 16 : 128, bytes);
      }
      send(encoder, 0, frame);
      av_frame_free(frame);
    }
    send(encoder, 0, null);
  }

  private void send(AVCodecContext encoder, int stream, @Nullable AVFrame frame) {
    check(avcodec_send_frame(encoder, frame));
    AVPacket packet = av_packet_alloc();
    while (avcodec_receive_packet(encoder, packet) >= 0) {
      packet.stream_index(stream);
      av_packet_rescale_ts(packet, encoder.time_base(), muxer.streams(stream).time_base());
      check(av_interleaved_write_frame(muxer, packet));
    }
    av_packet_free(packet);
  }

  private byte[] finish(AVCodecContext... encoders) throws IOException {
    check(av_write_trailer(muxer));
    check(avio_close(muxer.pb()));
    avformat_free_context(muxer);
    for (AVCodecContext encoder : encoders) {
      avcodec_free_context(encoder);
    }
    return Files.readAllBytes(file);
  }

  private static AVRational rational(int numerator, int denominator) {
    return new AVRational().num(numerator).den(denominator);
  }

  private static void check(int result) {
    if (result < 0) {
      throw new IllegalStateException(FFmpeg.message(result));
    }
  }
}

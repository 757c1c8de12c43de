package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Turns a demuxer's packets into frames of samples.
 *
 * <p>FFmpeg's protocol: every packet is followed by as many receives as give a frame, and the end
 * of the packets by a null packet and the frames that still come. A packet that fails to decode is
 * counted and passed over. MP3's encoder delay and padding, where a LAME header gives them, are cut
 * off by FFmpeg.
 *
 * <p>Owns the codec context and one frame, not the demuxer. Not thread-safe.
 */
final class FrameDecoder implements NativeScope.Native {
  private final Demuxer demuxer;
  private final AVCodecContext context;
  private final AVFrame frame;
  private boolean draining;
  private long packets;
  private long corruptPackets;
  private boolean closed;

  /**
   * @throws RejectedException with {@link Reason#UNKNOWN_CODEC} if there is no decoder, {@link
   *     Reason#DECODE_FAILED} if it refuses the stream
   */
  FrameDecoder(Demuxer demuxer) throws RejectedException {
    this.demuxer = demuxer;
    AVCodec codec = avcodec_find_decoder(demuxer.parameters().codec_id());
    if (codec == null || codec.isNull()) {
      throw new RejectedException(
          Reason.UNKNOWN_CODEC, "FFmpeg has no decoder for " + demuxer.codec() + ".");
    }
    context = FFmpeg.allocated(avcodec_alloc_context3(codec), "a decoder");
    frame = av_frame_alloc();
    try {
      FFmpeg.allocated(frame, "a frame");
      open(codec);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  private void open(AVCodec codec) throws RejectedException {
    int error = avcodec_parameters_to_context(context, demuxer.parameters());
    // The service runs one decoder on each of its threads.
    context.thread_count(1);
    if (error >= 0) {
      error = avcodec_open2(context, codec, (AVDictionary) null);
    }
    if (error < 0) {
      throw new RejectedException(
          Reason.DECODE_FAILED,
          "The " + demuxer.codec() + " decoder cannot start: " + FFmpeg.message(error) + ".");
    }
  }

  /**
   * Returns the next frame, valid until the next call, or null at the end.
   *
   * @throws RejectedException if reading the packets failed, or the decoder beyond recovery
   */
  @Nullable AVFrame next() throws RejectedException {
    while (true) {
      int error = avcodec_receive_frame(context, frame);
      if (error >= 0) {
        return frame;
      }
      if (error == AVERROR_EOF) {
        return null;
      }
      if (error != FFmpeg.AGAIN) {
        corruptPackets++;
        // A decoder that errs while it is drained has nothing more to give.
        if (draining) {
          return null;
        }
      }
      send();
    }
  }

  private void send() throws RejectedException {
    AVPacket packet = demuxer.next();
    if (packet == null) {
      draining = true;
      corruptPackets += demuxer.failed() ? 1 : 0;
      packets += demuxer.failed() ? 1 : 0;
    } else {
      packets++;
    }
    // Every frame of the last packet has been received, so the decoder is never full here.
    int error = avcodec_send_packet(context, packet);
    if (error < 0 && packet != null) {
      corruptPackets++;
    }
  }

  /** Share of the packets so far that did not decode, 0 to 1. */
  double corruptShare() {
    return packets == 0 ? 0 : Math.min(1, (double) corruptPackets / packets);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_frame_free(frame);
      avcodec_free_context(context);
    }
  }
}

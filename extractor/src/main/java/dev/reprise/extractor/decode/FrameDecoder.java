package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_FLAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
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
 * Decodes a demuxer's packets to frames of samples.
 *
 * <p>FFmpeg's protocol: after every packet sent, frames are received until none is left; after the
 * last packet, a null packet drains the decoder. A packet that fails to decode is counted and
 * skipped. MP3's encoder delay and padding, where a LAME header gives them, are cut off by FFmpeg.
 *
 * <p>FLAC's frames carry their own parameters, but FFmpeg's decoder refuses those that contradict
 * the file's header (a wrong header, or a bit depth that changes). Such a packet is retried with a
 * decoder that has not seen the header, and that decoder is kept until it fails in turn.
 *
 * <p>Owns the codec context and one frame, not the demuxer. Not thread-safe.
 */
final class FrameDecoder implements NativeScope.Native {
  private final Demuxer demuxer;
  private final AVCodec codec;
  private final AVFrame frame;
  private final boolean selfDescribing;
  private AVCodecContext context;
  private boolean withHeader = true;
  private boolean draining;
  private long packets;
  private long corruptPackets;
  private boolean lastFailed;
  private boolean lastTruncated;
  private boolean closed;

  /**
   * @throws RejectedException with {@link Reason#UNKNOWN_CODEC} if there is no decoder, {@link
   *     Reason#DECODE_FAILED} if it refuses the stream
   */
  FrameDecoder(Demuxer demuxer) throws RejectedException {
    this.demuxer = demuxer;
    int id = demuxer.parameters().codec_id();
    selfDescribing = id == AV_CODEC_ID_FLAC;
    codec = avcodec_find_decoder(id);
    if (codec == null || codec.isNull()) {
      throw new RejectedException(
          Reason.UNKNOWN_CODEC, "FFmpeg has no decoder for " + demuxer.codec() + ".");
    }
    context = open();
    try {
      frame = FFmpeg.allocated(av_frame_alloc(), "a frame");
    } catch (RejectedException e) {
      avcodec_free_context(context);
      throw e;
    }
  }

  private AVCodecContext open() throws RejectedException {
    AVCodecContext opened = FFmpeg.allocated(avcodec_alloc_context3(codec), "a decoder");
    int error = withHeader ? avcodec_parameters_to_context(opened, demuxer.parameters()) : 0;
    // Files are decoded in parallel instead, one in each decoder process.
    opened.thread_count(1);
    if (error >= 0) {
      error = avcodec_open2(opened, codec, (AVDictionary) null);
    }
    if (error < 0) {
      avcodec_free_context(opened);
      throw FFmpeg.rejection(error, "The " + demuxer.codec() + " decoder cannot start");
    }
    return opened;
  }

  /**
   * Returns the next frame, valid until the next call, or null at the end.
   *
   * @throws RejectedException if reading the packets failed
   */
  @Nullable AVFrame next() throws RejectedException {
    while (true) {
      int error = avcodec_receive_frame(context, frame);
      if (error >= 0) {
        return frame;
      }
      // A decoder that fails while it is drained has no more frames.
      if (error == AVERROR_EOF || (draining && error != FFmpeg.AGAIN)) {
        return null;
      }
      FFmpeg.requireMemory(error, "the codec");
      if (error != FFmpeg.AGAIN) {
        countCorrupt();
      }
      send();
    }
  }

  private void send() throws RejectedException {
    AVPacket packet = demuxer.next();
    if (packet == null) {
      draining = true;
      // Truncated by the end of the file, not corrupt.
      corruptPackets -= lastFailed && lastTruncated ? 1 : 0;
      avcodec_send_packet(context, null);
      return;
    }
    packets++;
    lastFailed = false;
    lastTruncated = (packet.flags() & AV_PKT_FLAG_CORRUPT) != 0;
    // Every frame of the last packet has been received, so the decoder is never full here.
    int error = avcodec_send_packet(context, packet);
    FFmpeg.requireMemory(error, "the codec");
    if (error < 0 && !resend(packet)) {
      countCorrupt();
    }
  }

  private void countCorrupt() {
    corruptPackets++;
    lastFailed = true;
  }

  private boolean resend(AVPacket packet) throws RejectedException {
    if (!selfDescribing) {
      return false;
    }
    withHeader = !withHeader;
    AVCodecContext other = open();
    avcodec_free_context(context);
    context = other;
    return avcodec_send_packet(context, packet) >= 0;
  }

  /** Returns the share of the packets so far that did not decode, 0 to 1. */
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

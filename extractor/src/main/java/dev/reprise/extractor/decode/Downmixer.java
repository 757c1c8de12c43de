package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avutil.AV_CHANNEL_ORDER_UNSPEC;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc_set_opts2;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;
import static org.bytedeco.ffmpeg.global.swresample.swr_set_matrix;

import dev.reprise.contract.RejectedException;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swresample.SwrContext;

/**
 * Converts any sample format and any number of channels to mono floats, a weighted sum of the
 * channels.
 *
 * <p>The channels' positions are ignored on purpose: FFmpeg's own downmix would weight them and
 * drop some. The context is separate from the resampler's and ahead of it: otherwise libswresample
 * would resample every channel before it mixes them, at as many times the cost.
 *
 * <p>Owns the native context. Not thread-safe.
 */
final class Downmixer implements NativeScope.Native {
  private final int channels;
  private final SwrContext context;
  private boolean closed;

  /**
   * @param format FFmpeg's sample format
   * @param rateHz has no effect but must be positive
   * @param weights one per channel
   * @throws RejectedException with {@code decode-failed} if FFmpeg cannot convert such samples
   */
  Downmixer(int format, int rateHz, double... weights) throws RejectedException {
    channels = weights.length;
    context = new SwrContext(null);
    try (AVChannelLayout in = new AVChannelLayout();
        AVChannelLayout mono = new AVChannelLayout()) {
      in.order(AV_CHANNEL_ORDER_UNSPEC).nb_channels(channels);
      av_channel_layout_default(mono, 1);
      int error =
          swr_alloc_set_opts2(
              context, mono, AV_SAMPLE_FMT_FLTP, rateHz, in, format, rateHz, 0, null);
      if (error >= 0 && channels > 1) {
        error = swr_set_matrix(context, weights, channels);
      }
      check(error < 0 ? error : swr_init(context));
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** Writes the frame's mono samples to the start of {@code target} and returns how many. */
  int convert(AVFrame frame, NativeSamples target) throws RejectedException {
    int count = frame.nb_samples();
    target.ensureCapacity(count);
    return check(swr_convert(context, target.planesFrom(0), count, frame.extended_data(), count));
  }

  private int check(int result) throws RejectedException {
    if (result < 0) {
      throw FFmpeg.rejection(result, "Audio of " + channels + " channels cannot be converted");
    }
    return result;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      swr_free(context);
    }
  }
}

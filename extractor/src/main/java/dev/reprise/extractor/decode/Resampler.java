package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_double;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_int;
import static org.bytedeco.ffmpeg.global.swresample.SWR_FILTER_TYPE_KAISER;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc_set_opts2;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert;
import static org.bytedeco.ffmpeg.global.swresample.swr_drop_output;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_get_out_samples;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.RejectedException;
import java.math.BigInteger;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.swresample.SwrContext;

/**
 * Resamples mono floats from one rate to the contract's rate, {@code ceil(samples * out / in)} of
 * them.
 *
 * <p>libswresample extends a signal beyond both ends by its mirror image; the contract's reference
 * extends it by zeros. So the signal is padded with zeros on both sides, and their output is
 * dropped.
 *
 * <p>Owns the native context. Not thread-safe.
 */
final class Resampler implements NativeScope.Native {
  private static final int ZEROS = 4096;

  private final int inRateHz;
  private final int outRateHz;
  private final double cutoff;
  private final SwrContext context;
  private final NativeSamples zeros = new NativeSamples(ZEROS);
  private long consumed;
  private long produced;
  private boolean closed;

  /**
   * @throws RejectedException with {@code decode-failed} if FFmpeg cannot resample from that rate
   */
  Resampler(int inRateHz, MfccContract contract) throws RejectedException {
    this.inRateHz = inRateHz;
    outRateHz = contract.sampleRateHz();
    // libswresample defines it as a share of the output's band, the contract of the narrower one.
    cutoff = contract.resampler().cutoff() * Math.min(1, (double) inRateHz / outRateHz);
    context = new SwrContext(null);
    try {
      if (inRateHz != outRateHz) {
        check(open(contract.resampler()));
        padStart(contract.resampler());
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  private int open(MfccContract.Resampler options) {
    try (AVChannelLayout mono = new AVChannelLayout()) {
      av_channel_layout_default(mono, 1);
      int error =
          swr_alloc_set_opts2(
              context,
              mono,
              AV_SAMPLE_FMT_FLTP,
              outRateHz,
              mono,
              AV_SAMPLE_FMT_FLTP,
              inRateHz,
              0,
              null);
      if (error < 0) {
        return error;
      }
    }
    av_opt_set_int(context, "filter_type", SWR_FILTER_TYPE_KAISER, 0);
    av_opt_set_int(context, "filter_size", options.filterSize(), 0);
    av_opt_set_double(context, "kaiser_beta", options.kaiserBeta(), 0);
    av_opt_set_double(context, "cutoff", cutoff, 0);
    av_opt_set_int(context, "exact_rational", 1, 0);
    return swr_init(context);
  }

  /**
   * Feeds at least a filter's length of zeros, as many as give a whole number of output samples.
   */
  private void padStart(MfccContract.Resampler options) throws RejectedException {
    double factor = Math.min(1, outRateHz * cutoff / inRateHz);
    int divisor = BigInteger.valueOf(inRateHz).gcd(BigInteger.valueOf(outRateHz)).intValue();
    int period = inRateHz / divisor;
    int periods = (int) Math.ceil(options.filterSize() / factor / period);
    check(swr_drop_output(context, periods * (outRateHz / divisor)));
    try (NativeSamples discarded = new NativeSamples(ZEROS)) {
      for (int left = periods * period; left > 0; left -= ZEROS) {
        push(zeros, Math.min(left, ZEROS), discarded, 0);
      }
    }
  }

  boolean accepts(int rateHz) {
    return rateHz == inRateHz;
  }

  /**
   * Resamples the first {@code count} samples of {@code in}.
   *
   * @param out receives the result from {@code offset} on
   * @return number of samples written
   */
  int convert(NativeSamples in, int count, NativeSamples out, int offset) throws RejectedException {
    consumed += count;
    int got = push(in, count, out, offset);
    produced += got;
    return got;
  }

  /** Ends the signal and writes its remaining samples, as {@link #convert} does. */
  int finish(NativeSamples out, int offset) throws RejectedException {
    long total = -Math.floorDiv(-consumed * outRateHz, (long) inRateHz);
    int wanted = (int) (total - produced);
    for (int got = 0; got < wanted; ) {
      got += push(zeros, ZEROS, out, offset + got);
    }
    produced = total;
    return wanted;
  }

  private int push(NativeSamples in, int count, NativeSamples out, int offset)
      throws RejectedException {
    if (inRateHz == outRateHz) {
      out.copyFrom(in, count, offset);
      return count;
    }
    out.ensureCapacity(offset + swr_get_out_samples(context, count));
    return check(
        swr_convert(
            context, out.planesFrom(offset), out.capacity() - offset, in.planesFrom(0), count));
  }

  private int check(int result) throws RejectedException {
    if (result < 0) {
      throw FFmpeg.rejection(result, "Audio at " + inRateHz + " Hz cannot be resampled");
    }
    return result;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      swr_free(context);
      zeros.close();
    }
  }
}

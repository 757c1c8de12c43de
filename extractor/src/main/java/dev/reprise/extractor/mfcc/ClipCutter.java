package dev.reprise.extractor.mfcc;

import dev.reprise.contract.Mark;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a track's samples, which come in chunks of any size, into consecutive clips.
 *
 * <p>A last piece shorter than the contract's minimum is dropped unless it is the only one. A clip
 * is held until the next one is long enough to be kept, or the track ends. So a failure within the
 * first seconds of the next clip also discards the previous one, and at most one clip is held at
 * any time.
 *
 * <p>One cutter serves one track. Not thread-safe.
 */
public final class ClipCutter {
  private final MfccContract contract;
  private final ClipAnalyzer analyzer;
  private final Consumer<Clip> sink;
  private final TrackSpectrum spectrum;
  private @Nullable Clip held;
  private int finished;
  private int emitted;

  /**
   * @param analyzer computes the clips; its current clip is discarded
   * @param sink receives each clip, in order
   */
  public ClipCutter(MfccContract contract, ClipAnalyzer analyzer, Consumer<Clip> sink) {
    this.contract = contract;
    this.analyzer = analyzer;
    this.sink = sink;
    spectrum = analyzer.newTrackSpectrum();
    analyzer.reset();
  }

  /** Accepts the next {@code count} samples of the track, from {@code offset} on. */
  public void accept(float[] samples, int offset, int count) {
    int end = offset + count;
    for (int from = offset; from < end; ) {
      int taken = Math.min(end - from, analyzer.room());
      analyzer.add(samples, from, taken);
      from += taken;
      if (analyzer.samples() >= contract.minimumLastSamples()) {
        release();
      }
      if (analyzer.room() == 0) {
        held = finishClip();
      }
    }
  }

  /**
   * Ends the track.
   *
   * @return number of clips passed to the sink
   * @throws RejectedException with {@link Reason#TOO_SHORT} if the whole track is too short
   */
  public int finish() throws RejectedException {
    if (finished == 0 && analyzer.samples() < contract.minimumOnlySamples()) {
      throw tooShort();
    }
    release();
    if (finished == 0 || analyzer.samples() >= contract.minimumLastSamples()) {
      held = finishClip();
      release();
    }
    return emitted;
  }

  /** Returns the marks that the track's spectrum gives: {@link Mark#NOISE} or {@link Mark#TONE}. */
  public Set<Mark> marks() {
    return spectrum.marks();
  }

  private Clip finishClip() {
    int samples = analyzer.samples();
    double rate = contract.sampleRateHz();
    double start = (double) finished * contract.clipSamples() / rate;
    Clip clip =
        new Clip(
            finished, contract.framesOf(samples), analyzer.finish(spectrum), start, samples / rate);
    finished++;
    return clip;
  }

  private void release() {
    Clip clip = held;
    if (clip != null) {
      held = null;
      emitted++;
      sink.accept(clip);
    }
  }

  private RejectedException tooShort() {
    double rate = contract.sampleRateHz();
    return new RejectedException(
        Reason.TOO_SHORT,
        String.format(
            Locale.ROOT,
            "The audio lasts %.2f s; at least %.0f s is required.",
            analyzer.samples() / rate,
            contract.minimumOnlySamples() / rate));
  }
}

package dev.reprise.extractor.mfcc;

import dev.reprise.contract.MfccContract;
import java.util.Arrays;

/**
 * Computes the coefficients of one clip while its samples arrive, as if the clip alone were the
 * signal.
 *
 * <p>Frames are centred: frame t covers samples {@code t * hop - fft / 2} to {@code t * hop + fft /
 * 2 - 1}, with zeros beyond both ends. The clip lies in one buffer between two runs of zeros, so a
 * frame is a plain slice of it and is computed as soon as its last sample has arrived; only the
 * logarithm's floor and the DCT wait for the clip's end. Frames depend on nothing but the samples,
 * so any chunking gives the same bits.
 *
 * <p>Memory is bounded by one clip (2.6 MB of samples, 0.7 MB of mel bands). Reusable; not
 * thread-safe.
 */
public final class ClipAnalyzer implements AutoCloseable {
  private final MfccContract contract;
  private final MfccStages stages;
  private final int padding;
  private final float[] padded;
  private final float[] power;
  private final float[] frameMel;
  private final float[] mel;
  private final int melStride;
  private int samples;
  private int frames;

  /**
   * @param fft of {@code contract.fftSamples()} samples; closed with this object
   */
  public ClipAnalyzer(MfccContract contract, RealFft fft) {
    this(contract, MfccStages.of(contract, fft));
  }

  ClipAnalyzer(MfccContract contract, MfccStages stages) {
    this.contract = contract;
    this.stages = stages;
    padding = contract.fftSamples() / 2;
    padded = new float[contract.clipSamples() + 2 * padding];
    power = new float[stages.spectrum().bins()];
    frameMel = new float[stages.mel().bands()];
    melStride = contract.maxFrames();
    mel = new float[frameMel.length * melStride];
  }

  /** Returns the number of samples added since the last clip. */
  int samples() {
    return samples;
  }

  /** Returns the number of samples that this clip still accepts. */
  int room() {
    return contract.clipSamples() - samples;
  }

  /** Adds {@code count} samples, at most {@link #room()}, and computes the frames they complete. */
  void add(float[] from, int offset, int count) {
    System.arraycopy(from, offset, padded, padding + samples, count);
    samples += count;
    computeFrames(samples + padding);
  }

  /** Creates the accumulator for the clips of one track. */
  TrackSpectrum newTrackSpectrum() {
    return new TrackSpectrum(frameMel.length, melStride, padding / contract.hopSamples());
  }

  /**
   * Ends the clip and prepares for the next.
   *
   * @param track accumulates the clip's mel bands
   * @return [coefficients, 1 + samples / hop], row-major
   */
  float[] finish(TrackSpectrum track) {
    Arrays.fill(padded, padding + samples, 2 * padding + samples, 0);
    computeFrames(samples + 2 * padding);
    track.addPower(mel, frames, melStride);
    stages.decibels().convert(mel, frameMel.length, frames, melStride);
    float[] coefficients = stages.cosine().apply(mel, frames, melStride);
    track.addLevels(coefficients, frames);
    reset();
    return coefficients;
  }

  /** Discards the current clip. */
  void reset() {
    samples = 0;
    frames = 0;
  }

  private void computeFrames(int available) {
    int hop = contract.hopSamples();
    for (; frames * hop + contract.fftSamples() <= available; frames++) {
      stages.spectrum().compute(padded, frames * hop, power);
      stages.mel().apply(power, frameMel);
      for (int band = 0; band < frameMel.length; band++) {
        mel[band * melStride + frames] = frameMel[band];
      }
    }
  }

  @Override
  public void close() {
    stages.close();
  }
}

package dev.reprise.extractor.decode;

import dev.reprise.contract.Mark;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.source.ByteArrayChannel;
import java.util.Arrays;
import java.util.Set;

/** A file decoded to its end, for assertions. */
record Decoded(AudioInfo info, float[] samples, double declaredSeconds, Set<Mark> marks) {
  private static final int RATE_HZ = 22_050;

  static Decoded of(byte[] file) throws RejectedException {
    return of(file, DecodeLimits.defaults());
  }

  static Decoded of(byte[] file, DecodeLimits limits) throws RejectedException {
    return of(AudioInput.of(new ByteArrayChannel(file)), limits);
  }

  static Decoded of(byte[] file, String fileName, String mediaType) throws RejectedException {
    return of(
        new AudioInput(new ByteArrayChannel(file), fileName, mediaType), DecodeLimits.defaults());
  }

  static Decoded of(AudioInput input, DecodeLimits limits) throws RejectedException {
    try (AudioDecoder decoder = AudioDecoder.open(input, MfccContract.current(), limits)) {
      float[] samples = new float[RATE_HZ];
      int length = 0;
      int count = decoder.read(samples, 0, 1000);
      while (count >= 0) {
        length += count;
        samples = Arrays.copyOf(samples, Math.max(samples.length, 2 * (length + 1000)));
        count = decoder.read(samples, length, 1000);
      }
      return new Decoded(
          decoder.info(),
          Arrays.copyOf(samples, length),
          decoder.declaredSeconds(),
          decoder.marks());
    }
  }

  double seconds() {
    return (double) samples.length / RATE_HZ;
  }

  /** Returns the amplitude of the sine at {@code hz} in the middle half of the audio. */
  double amplitude(double hz) {
    int from = samples.length / 4;
    int count = samples.length / 2;
    double re = 0;
    double im = 0;
    double weights = 0;
    for (int i = 0; i < count; i++) {
      double weight = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / count);
      double angle = 2 * Math.PI * hz * (from + i) / RATE_HZ;
      re += weight * samples[from + i] * Math.cos(angle);
      im += weight * samples[from + i] * Math.sin(angle);
      weights += weight;
    }
    return 2 * Math.hypot(re, im) / weights;
  }
}

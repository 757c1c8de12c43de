package dev.reprise.extractor.mfcc;

import dev.reprise.contract.MfccContract;

/** The processing stages of a clip, in order. Owns them; not thread-safe. */
record MfccStages(
    PowerSpectrum spectrum, MelFilterBank mel, Decibels decibels, CosineTransform cosine)
    implements AutoCloseable {

  MfccStages {
    if (spectrum.bins() != mel.bins()) {
      throw new IllegalArgumentException(
          "A spectrum of " + spectrum.bins() + " bins and filters of " + mel.bins() + " differ.");
    }
  }

  /** Returns the stages that {@code contract} prescribes, with {@code fft}. */
  static MfccStages of(MfccContract contract, RealFft fft) {
    return new MfccStages(
        new PowerSpectrum(HannWindow.periodic(contract.fftSamples()), fft),
        MelFilterBank.slaney(
            contract.sampleRateHz(),
            contract.fftSamples(),
            contract.melBands(),
            contract.melMinHz(),
            contract.melMaxHz()),
        new Decibels(contract.minimumPower(), contract.rangeDb()),
        new CosineTransform(contract.melBands(), contract.coefficients()));
  }

  @Override
  public void close() {
    spectrum.close();
  }
}

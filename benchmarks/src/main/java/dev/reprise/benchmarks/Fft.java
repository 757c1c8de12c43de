package dev.reprise.benchmarks;

import dev.reprise.extractor.decode.NativeRealFft;
import dev.reprise.extractor.mfcc.JavaRealFft;
import dev.reprise.extractor.mfcc.RealFft;
import java.util.function.IntFunction;

/** The FFT implementations to compare. */
public enum Fft {
  /** FFmpeg's {@code av_tx} through JNI, which the extractor uses. */
  AV_TX(NativeRealFft::new),
  /** Plain Java. */
  JAVA(JavaRealFft::new);

  private final IntFunction<RealFft> factory;

  Fft(IntFunction<RealFft> factory) {
    this.factory = factory;
  }

  RealFft create(int size) {
    return factory.apply(size);
  }
}

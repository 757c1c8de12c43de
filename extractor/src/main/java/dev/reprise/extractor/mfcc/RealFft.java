package dev.reprise.extractor.mfcc;

/**
 * The forward discrete Fourier transform of real samples, without scaling: {@code X[k] = sum x[n]
 * exp(-2 pi i k n / size)}.
 *
 * <p>Instances own their buffers: not thread-safe.
 */
public interface RealFft extends AutoCloseable {

  /** Returns the number of real input samples: a power of two, at least 4. */
  int size();

  /**
   * Transforms one frame.
   *
   * @param samples {@code size()} samples; may be overwritten
   * @param spectrum receives {@code size() / 2 + 1} bins as real and imaginary parts in turn, so
   *     {@code size() + 2} floats
   */
  void forward(float[] samples, float[] spectrum);

  /** Frees the memory outside the Java heap; may be called more than once. */
  @Override
  default void close() {}
}

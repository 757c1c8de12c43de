package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avutil.AV_TX_FLOAT_RDFT;
import static org.bytedeco.ffmpeg.global.avutil.av_tx_init;
import static org.bytedeco.ffmpeg.global.avutil.av_tx_uninit;

import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.mfcc.RealFft;
import org.bytedeco.ffmpeg.avutil.AVTXContext;
import org.bytedeco.ffmpeg.avutil.av_tx_fn;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Implements {@link RealFft} with FFmpeg's {@code av_tx}, which has SIMD code for each processor.
 *
 * <p>Owns native memory. Not thread-safe.
 */
public final class NativeRealFft implements RealFft {
  /** Room for JavaCPP's function pointer: the pointer and a reference. */
  private static final int FUNCTION_BYTES = 16;

  private static final int SAMPLE_BYTES = Float.BYTES;

  private final int size;
  private final AVTXContext context = new AVTXContext(null);
  private final BytePointer functionMemory = new BytePointer(FUNCTION_BYTES);
  private final av_tx_fn function;
  private final NativeSamples samples;
  private final NativeSamples spectrum;
  private boolean closed;

  /**
   * @param size number of real samples, a power of two of at least 4
   */
  public NativeRealFft(int size) {
    FFmpeg.load();
    if (size < 4 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException("An FFT of " + size + " samples is not a power of two.");
    }
    this.size = size;
    samples = samples(size);
    spectrum = samples(size + 2);
    // av_tx_init stores the function to call. av_tx_fn's own constructor would take one of
    // JavaCPP's ten slots for callbacks into Java, which this is not.
    functionMemory.zero();
    function = new av_tx_fn(functionMemory);
    int error;
    try (FloatPointer scale = new FloatPointer(1f)) {
      error = av_tx_init(context, function, AV_TX_FLOAT_RDFT, 0, size, scale, 0);
    }
    if (error < 0) {
      close();
      throw new IllegalStateException("FFmpeg has no FFT: " + FFmpeg.message(error) + ".");
    }
  }

  private static NativeSamples samples(int count) {
    try {
      return new NativeSamples(count);
    } catch (RejectedException e) {
      // Not caused by a file: this is created before the first one.
      throw new OutOfMemoryError(e.getMessage());
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void forward(float[] in, float[] out) {
    if (closed) {
      throw new IllegalStateException("The FFT is closed.");
    }
    samples.put(in, size);
    function.call(context, spectrum.pointer(), samples.pointer(), SAMPLE_BYTES);
    spectrum.get(0, out, 0, size + 2);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_tx_uninit(context);
      functionMemory.close();
      samples.close();
      spectrum.close();
    }
  }
}

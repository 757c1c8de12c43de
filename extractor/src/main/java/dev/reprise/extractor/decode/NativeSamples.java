package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;
import static org.bytedeco.ffmpeg.global.avutil.av_mallocz;

import dev.reprise.contract.RejectedException;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A native array of floats that grows but never shrinks, aligned as FFmpeg's SIMD code requires:
 * {@code av_tx} crashes on an unaligned one.
 *
 * <p>Not thread-safe.
 */
final class NativeSamples implements NativeScope.Native {
  private FloatPointer samples;
  private FloatBuffer view;
  private final PointerPointer<FloatPointer> planes = new PointerPointer<>(1);
  private boolean closed;

  /** Creates an array of zeros. */
  NativeSamples(int capacity) throws RejectedException {
    samples = pointer(new FloatPointer(av_mallocz((long) capacity * Float.BYTES)), capacity);
    view = samples.asBuffer();
  }

  private static FloatPointer pointer(FloatPointer memory, int capacity) throws RejectedException {
    return FFmpeg.allocated(memory, capacity + " samples").capacity(capacity);
  }

  int capacity() {
    return view.capacity();
  }

  /** Grows the array to at least {@code count} samples and keeps its contents. */
  void ensureCapacity(int count) throws RejectedException {
    if (count > capacity()) {
      int capacity = Math.max(count, 2 * capacity());
      FloatPointer larger =
          pointer(new FloatPointer(av_malloc((long) capacity * Float.BYTES)), capacity);
      FloatBuffer largerView = larger.asBuffer();
      largerView.put(0, view, 0, view.capacity());
      av_free(samples);
      samples = larger;
      view = largerView;
    }
  }

  /** Returns the array itself, valid until it grows. */
  FloatPointer pointer() {
    return samples;
  }

  /**
   * Returns FFmpeg's array of planes with one plane, from sample {@code offset} on; valid until the
   * next call.
   */
  PointerPointer<FloatPointer> planesFrom(int offset) {
    return planes.put(0, samples.getPointer(offset));
  }

  /** Copies the first {@code count} samples of {@code other} to {@code offset}. */
  void copyFrom(NativeSamples other, int count, int offset) throws RejectedException {
    ensureCapacity(offset + count);
    view.put(offset, other.view, 0, count);
  }

  /** Returns the largest magnitude among the first {@code count} samples. */
  float peak(int count) {
    float peak = 0;
    for (int i = 0; i < count; i++) {
      peak = Math.max(peak, Math.abs(view.get(i)));
    }
    return peak;
  }

  void put(float[] source, int count) {
    view.put(0, source, 0, count);
  }

  void get(int from, float[] target, int offset, int count) {
    view.get(from, target, offset, count);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_free(samples);
      planes.close();
    }
  }
}

package dev.reprise.extractor.decode;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A native array of mono float samples that grows but never shrinks, as libswresample writes and
 * reads it.
 *
 * <p>Not thread-safe.
 */
final class NativeSamples implements NativeScope.Native {
  private FloatPointer samples;
  private FloatBuffer view;
  private final PointerPointer<FloatPointer> planes = new PointerPointer<>(1);

  NativeSamples(int capacity) {
    samples = new FloatPointer(capacity);
    view = samples.asBuffer();
  }

  int capacity() {
    return view.capacity();
  }

  /** Makes room for {@code count} samples, keeping those there are. */
  void ensureCapacity(int count) {
    if (count > capacity()) {
      FloatPointer larger = new FloatPointer(Math.max(count, 2L * capacity()));
      FloatBuffer largerView = larger.asBuffer();
      largerView.duplicate().put(view.duplicate().clear());
      samples.close();
      samples = larger;
      view = largerView;
    }
  }

  /** Copies the first {@code count} samples of {@code other} to {@code offset}. */
  void copyFrom(NativeSamples other, int count, int offset) {
    ensureCapacity(offset + count);
    view.put(offset, other.view, 0, count);
  }

  void fillWithZeros() {
    org.bytedeco.javacpp.Pointer.memset(samples, 0, 4L * capacity());
  }

  /**
   * The one plane, from sample {@code offset} on, as FFmpeg wants planes; valid until next used.
   */
  PointerPointer<FloatPointer> planesFrom(int offset) {
    return planes.put(0, samples.getPointer(offset));
  }

  void get(int from, float[] target, int offset, int count) {
    view.get(from, target, offset, count);
  }

  @Override
  public void close() {
    samples.close();
    planes.close();
  }
}

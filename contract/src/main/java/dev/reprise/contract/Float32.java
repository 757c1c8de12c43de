package dev.reprise.contract;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Encodes and decodes the float32 arrays of records: little-endian, without padding. */
public final class Float32 {
  private Float32() {}

  public static ByteString encode(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    // The buffer is not shared, so no copy is needed.
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /** Returns a view of the values, without a copy. */
  public static FloatBuffer view(ByteString bytes) {
    return bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  public static float[] decode(ByteString bytes) {
    FloatBuffer view = view(bytes);
    float[] values = new float[view.remaining()];
    view.get(values);
    return values;
  }
}

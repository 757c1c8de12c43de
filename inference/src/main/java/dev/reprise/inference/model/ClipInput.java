package dev.reprise.inference.model;

import com.google.protobuf.ByteString;
import dev.reprise.contract.Float32;
import java.nio.FloatBuffer;

/**
 * The input of the model for one clip.
 *
 * @param coefficients [coefficients, frames] float32, row-major, little-endian
 * @param frames number of columns
 */
public record ClipInput(ByteString coefficients, int frames) {

  /** Copies the rows to {@code target}, each at the start of {@code width} columns. */
  void copyTo(FloatBuffer target, int offset, int rows, int width) {
    FloatBuffer source = Float32.view(coefficients);
    for (int row = 0; row < rows; row++) {
      target.put(offset + row * width, source, row * frames, frames);
    }
  }
}

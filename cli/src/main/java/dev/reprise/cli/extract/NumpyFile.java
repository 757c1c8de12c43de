package dev.reprise.cli.extract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes arrays as NumPy's {@code .npy}, format version 1.0: magic, version, length of the header,
 * and the header as a Python literal, padded so that the data begins at a multiple of 64 bytes.
 */
final class NumpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT_BYTES = 64;

  private NumpyFile() {}

  /**
   * Writes a matrix atomically.
   *
   * @param values [rows, values.length / rows], row-major
   */
  static void write(Path file, float[] values, int rows) throws IOException {
    byte[] header = header(rows, values.length / rows);
    ByteBuffer bytes =
        ByteBuffer.allocate(header.length + values.length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(header);
    bytes.asFloatBuffer().put(values);
    AtomicFile.write(file, bytes.array());
  }

  private static byte[] header(int rows, int columns) {
    String literal =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }".formatted(rows, columns);
    int fixedBytes = MAGIC.length + Short.BYTES;
    int unpadded = fixedBytes + literal.length() + 1;
    int padding = Math.floorMod(-unpadded, ALIGNMENT_BYTES);
    String text = literal + " ".repeat(padding) + "\n";
    return ByteBuffer.allocate(unpadded + padding)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) text.length())
        .put(text.getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}

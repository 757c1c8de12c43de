package dev.reprise.extractor.golden;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads two-dimensional float32 arrays as {@code numpy.save} writes them. */
final class Npy {
  private static final int PREAMBLE_BYTES = 10;
  private static final Pattern HEADER =
      Pattern.compile("'descr': '<f4', 'fortran_order': False, 'shape': \\((\\d+), (\\d+)\\)");

  private Npy() {}

  static Golden.Coefficients read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[bytes.getShort(PREAMBLE_BYTES - 2)];
    bytes.get(PREAMBLE_BYTES, header);
    Matcher shape = HEADER.matcher(new String(header, StandardCharsets.US_ASCII));
    if (!shape.find()) {
      throw new IOException(file + " is not a two-dimensional float32 array.");
    }
    int rows = Integer.parseInt(shape.group(1));
    int columns = Integer.parseInt(shape.group(2));
    float[] values = new float[rows * columns];
    bytes.position(PREAMBLE_BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().get(values);
    return new Golden.Coefficients(rows, columns, values);
  }
}

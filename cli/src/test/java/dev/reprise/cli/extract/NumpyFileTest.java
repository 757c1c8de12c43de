package dev.reprise.cli.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumpyFileTest {
  /** The header that {@code numpy.save} of NumPy 2.4 writes for {@code float32[2, 3]}. */
  private static final String NUMPYS_HEADER =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

  @Test
  void writesWhatNumpyWrites(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("a.npy");
    NumpyFile.write(file, new float[] {1, 2, 3, 4, 5, 6.5f}, 2);

    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    bytes.get(magic);
    assertThat(magic).containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0);
    byte[] header = new byte[bytes.getShort()];
    bytes.get(header);
    assertThat(bytes.position() % 64).isZero();
    assertThat(new String(header, StandardCharsets.US_ASCII))
        .startsWith(NUMPYS_HEADER)
        .endsWith("\n")
        .hasSize(128 - 10);
    float[] values = new float[6];
    bytes.asFloatBuffer().get(values);
    assertThat(values).containsExactly(1, 2, 3, 4, 5, 6.5f);
    assertThat(bytes.remaining()).isEqualTo(6 * Float.BYTES);
    assertThat(directory).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
  }
}

package dev.reprise.extractor.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.golden.GoldenSignals;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file whose header claims millions of entries is rejected without allocating them. */
class DecoderMemoryTest {
  private static final long MAX_GROWTH_BYTES = 64L << 20;

  @TempDir private Path folder;

  /** Monkey's Audio with a table of ten million frames: 400 MB. */
  @Test
  void aTableLargerThanAllowed() {
    ByteBuffer ape = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    ape.put("MAC ".getBytes(StandardCharsets.US_ASCII)).putShort((short) 3990).putShort((short) 0);
    ape.putInt(52).putInt(24).putInt(40_000_000).putInt(0).putInt(4000).putInt(0).putInt(0);
    ape.position(52).putShort((short) 2000).putShort((short) 0);
    ape.putInt(73_728).putInt(100).putInt(10_000_000);
    ape.putShort((short) 16).putShort((short) 2).putInt(44_100);
    assertRejected(Reason.DECODER_OUT_OF_MEMORY, ape.array());
  }

  /** An M4A whose table of sizes claims 85 million samples of one byte. */
  @Test
  void aTableOfSizesWithoutEnd() throws Exception {
    float[][] signal = GoldenSignals.of("mix", 44_100, 2, 2 * 44_100);
    byte[] m4a = TestMedia.audio(folder, "ipod", "aac", 44_100, signal);
    int box = new String(m4a, StandardCharsets.ISO_8859_1).indexOf("stsz");
    ByteBuffer.wrap(m4a).putInt(box + 8, 1).putInt(box + 12, 85_000_000);
    assertRejected(Reason.DECODE_FAILED, m4a);
  }

  private static void assertRejected(Reason reason, byte[] file) {
    FFmpeg.load();
    long before = Pointer.physicalBytes();
    assertThatThrownBy(() -> Decoded.of(file))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(Pointer.physicalBytes() - before).isLessThan(MAX_GROWTH_BYTES);
  }
}

package dev.reprise.extractor.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.contract.Mark;
import dev.reprise.extractor.golden.GoldenSignals;
import dev.reprise.extractor.source.ByteArrayChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Audio before an error is returned, and marked as truncated; whole files, in CodecsTest, are not.
 */
class TruncationTest {
  private static final int SECONDS = 6;

  /** Offset in a FLAC file of the low 32 bits of its number of samples. */
  private static final int TOTAL_SAMPLES = 22;

  private static final int CHECKSUM = 22;

  @TempDir private Path folder;

  @ParameterizedTest(name = "{1} in {0}")
  @CsvSource({
    "wav,  pcm_s16le",
    "wav,  adpcm_ms",
    "aiff, pcm_s16be",
    "au,   pcm_s16be",
    "flac, flac",
    "mp3,  libmp3lame",
    "wv,   wavpack",
    "tta,  tta",
    "matroska, flac"
  })
  void shorterThanTheHeaderPromises(String format, String encoder) throws Exception {
    byte[] file = mix(format, encoder, 44_100, 2);
    Decoded decoded = Decoded.of(Arrays.copyOf(file, file.length * 6 / 10));
    assertThat(decoded.marks()).containsExactly(Mark.TRUNCATED);
    assertThat(decoded.declaredSeconds()).isCloseTo(SECONDS, within(0.1));
    assertThat(decoded.seconds()).isCloseTo(SECONDS * 0.6, within(0.5));
  }

  /** These formats do not give their length. */
  @ParameterizedTest(name = "{1} in {0}")
  @CsvSource({"adts, aac", "ogg, vorbis", "mpegts, mp2"})
  void truncatedWithoutADeclaredLength(String format, String encoder) throws Exception {
    byte[] file = mix(format, encoder, 44_100, 2);
    Decoded decoded = Decoded.of(Arrays.copyOf(file, file.length * 6 / 10));
    assertThat(decoded.declaredSeconds()).isNaN();
    assertThat(decoded.marks()).isEmpty();
  }

  @Test
  void slightlyLessThanDeclaredIsWhole() throws Exception {
    byte[] wav = mix("wav", "pcm_s16le", 44_100, 2);
    int perSecond = 44_100 * 4;
    assertThat(Decoded.of(Arrays.copyOf(wav, wav.length - perSecond * 4 / 10)).marks()).isEmpty();
    assertThat(Decoded.of(Arrays.copyOf(wav, wav.length - perSecond * 6 / 10)).marks())
        .containsExactly(Mark.TRUNCATED);
  }

  /** The header's total is half of the actual length. */
  @Test
  void moreThanDeclaredIsWhole() throws Exception {
    byte[] flac = mix("flac", "flac", 44_100, 2);
    ByteBuffer.wrap(flac).putInt(TOTAL_SAMPLES, SECONDS * 44_100 / 2);
    Decoded decoded = Decoded.of(flac);
    assertThat(decoded.declaredSeconds()).isCloseTo(SECONDS / 2.0, within(0.1));
    assertThat(decoded.seconds()).isCloseTo(SECONDS, within(0.1));
    assertThat(decoded.marks()).isEmpty();
  }

  /** A recording of a radio station: a different rate after a while. */
  @Test
  void aChainedFileIsDecodedUpToItsChange() throws Exception {
    byte[] first = mix("ogg", "vorbis", 44_100, 2);
    byte[] second = mix("ogg", "vorbis", 48_000, 2);
    byte[] chain = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, chain, first.length, second.length);
    Decoded decoded = Decoded.of(chain);
    assertThat(decoded.seconds()).isGreaterThanOrEqualTo(SECONDS - 0.05);
    assertThat(decoded.marks()).containsExactly(Mark.TRUNCATED);
    assertThat(decoded.declaredSeconds()).isNaN();
  }

  /** FFmpeg seeks beyond a last chunk that claims to be huge, which a file system may refuse. */
  @Test
  void aSeekFarBeyondTheEnd() throws Exception {
    byte[] caf = mix("caf", "pcm_s16be", 44_100, 2);
    ByteBuffer file = ByteBuffer.allocate(caf.length + 12).put(caf);
    file.put(new byte[] {'f', 'r', 'e', 'e'}).putLong(1L << 60);
    SeekableByteChannel channel =
        new ByteArrayChannel(file.array()) {
          @Override
          public SeekableByteChannel position(long position) throws IOException {
            if (position > size()) {
              throw new UncheckedIOException(new IOException("Invalid argument"));
            }
            return super.position(position);
          }
        };
    Decoded decoded = Decoded.of(AudioInput.of(channel), DecodeLimits.defaults());
    assertThat(decoded.seconds()).isCloseTo(SECONDS, within(0.01));
    assertThat(decoded.marks()).isEmpty();
  }

  /** A last page whose position is unset, as some writers leave it: FFmpeg refuses its packets. */
  @Test
  void theLastPageOfOpusHasNoPosition() throws Exception {
    byte[] opus = mix("ogg", "libopus", 48_000, 2);
    int page = new String(opus, StandardCharsets.ISO_8859_1).lastIndexOf("OggS");
    ByteBuffer.wrap(opus).putLong(page + 6, -1).putInt(page + CHECKSUM, 0);
    int checksum = Integer.reverseBytes(checksum(opus, page));
    ByteBuffer.wrap(opus).putInt(page + CHECKSUM, checksum);
    Decoded decoded = Decoded.of(opus);
    assertThat(decoded.seconds()).isCloseTo(SECONDS, within(1.1));
    assertThat(decoded.marks()).containsExactly(Mark.TRUNCATED);
  }

  /** The CRC-32 of RFC 3533, from {@code from} to the end. */
  private static int checksum(byte[] bytes, int from) {
    int crc = 0;
    for (int i = from; i < bytes.length; i++) {
      crc ^= bytes[i] << 24;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc << 1 ^ (crc < 0 ? 0x04c11db7 : 0);
      }
    }
    return crc;
  }

  private byte[] mix(String format, String encoder, int rateHz, int channels) throws IOException {
    float[][] signal = GoldenSignals.of("mix", rateHz, channels, SECONDS * rateHz);
    return TestMedia.audio(folder, format, encoder, rateHz, signal);
  }
}

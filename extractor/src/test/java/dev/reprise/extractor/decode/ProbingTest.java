package dev.reprise.extractor.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.golden.GoldenSignals;
import dev.reprise.extractor.source.ByteArrayChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The format is detected despite leading tags, and never on weak evidence. */
class ProbingTest {
  private static final int LARGE = 1_300_000;

  @TempDir private Path folder;

  @ParameterizedTest(name = "{1} in {0}")
  @CsvSource({
    "mp3, libmp3lame",
    "flac, flac",
    "adts, aac",
    "ac3, ac3",
    "tta, tta",
    "wav, pcm_s16le",
    "ogg, libopus",
    "ipod, aac"
  })
  void leadingTagsAreSkipped(String format, String encoder) throws Exception {
    byte[] file = mix(format, encoder);
    Decoded plain = Decoded.of(file);
    byte[] text =
        "<track><title>Überall</title></track>\n"
            .repeat(LARGE / 38)
            .getBytes(StandardCharsets.UTF_8);
    for (byte[] ahead :
        new byte[][] {id3(text), ape(text), new byte[LARGE], join(id3(text), id3(new byte[10]))}) {
      Decoded decoded = Decoded.of(join(ahead, file));
      assertThat(decoded.info()).isEqualTo(plain.info());
      assertThat(decoded.samples()).isEqualTo(plain.samples());
    }
  }

  @Test
  void aSmallTagAheadOfAFormatThatHasNone() throws Exception {
    byte[] file = mix("wav", "pcm_s16le");
    assertThat(Decoded.of(join(id3(new byte[700]), file)).samples())
        .isEqualTo(Decoded.of(file).samples());
  }

  /** With a footer, as ID3v2.4 allows, the tag is ten bytes longer than its size field. */
  @Test
  void findsTheStartOfTheAudio() throws Exception {
    byte[] audio = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22};
    byte[] footed = join(id3(new byte[300]), "3DI4567890".getBytes(StandardCharsets.US_ASCII));
    footed[5] = 0x10;
    assertThat(end(audio)).isZero();
    assertThat(end(join(footed, audio))).isEqualTo(320);
    assertThat(end(join(new byte[4095], audio))).isZero();
    assertThat(end(join(new byte[4096], audio))).isEqualTo(4096);
    assertThat(end(join(id3(new byte[300]), new byte[5000], ape(new byte[40]), audio)))
        .isEqualTo(310 + 5000 + 72);
    assertThat(end(new byte[100_000])).isEqualTo(100_000);
    assertThat(end(new byte[0])).isZero();
  }

  /** A tag that ends beyond the file, or whose size is invalid. */
  @Test
  void damagedTagsAreLeftToTheDemuxer() throws Exception {
    byte[] tag = id3(new byte[300]);
    assertThat(end(Arrays.copyOf(tag, 200))).isZero();
    tag[8] = (byte) 0x80;
    assertThat(end(join(tag, new byte[2000]))).isZero();
  }

  @Test
  void headerlessSpeechIsRejected() throws Exception {
    byte[] amr =
        TestMedia.audio(folder, "amr", "libopencore_amrnb", 8_000, Tones.equal(8_000, 1, 5, 997));
    assertThat(Decoded.of(amr).seconds()).isCloseTo(5, within(0.1));
    byte[] headerless = Arrays.copyOfRange(amr, "#!AMR\n".length(), amr.length);
    assertUnknown(headerless, "", "");
    assertUnknown(headerless, "speech.amr", "audio/amr");
  }

  @Test
  void aGameFormatIsRejected() throws Exception {
    float[][] tone = Tones.equal(44_100, 2, 2, 997);
    byte[] adx = TestMedia.audio(folder, "adx", "adpcm_adx", 44_100, tone);
    assertThatThrownBy(() -> Decoded.of(adx, "level1.adx", ""))
        .isInstanceOf(RejectedException.class)
        .hasMessage("Reprise does not support the format adx.");
  }

  @ParameterizedTest
  @CsvSource({"a.mp3, ''", "a.mp3, audio/mpeg", "a.aac, audio/aac", "'', audio/mpeg", "a.ac3, ''"})
  void aNameAloneIsNotEvidence(String name, String mediaType) {
    byte[] random = new byte[300_000];
    new Random(7).nextBytes(random);
    assertUnknown(random, name, mediaType);
  }

  /** Three frames among other bytes: too little by itself, enough with a name or a type. */
  @ParameterizedTest
  @CsvSource({"'A Song.MP3', ''", "'', audio/mpeg"})
  void aNameConfirmsAWeakGuess(String name, String mediaType) throws Exception {
    byte[] mp3 = mix("mp3", "libmp3lame");
    byte[] file = new byte[5_000];
    new Random(8).nextBytes(file);
    int frame = firstFrame(mp3);
    System.arraycopy(mp3, frame + 10 * 384, file, 2_000, 3 * 384);
    assertUnknown(file, "", "");
    DecodeLimits lenient =
        new DecodeLimits(java.time.Duration.ofHours(1), java.time.Duration.ofHours(1), 2, 1);
    AudioInput named = new AudioInput(new ByteArrayChannel(file), name, mediaType);
    assertThat(Decoded.of(named, lenient).info().codec()).isEqualTo("mp3");
  }

  @ParameterizedTest
  @CsvSource({
    "flac, flac, flac",
    "adts, aac, aac",
    "ogg, libopus, opus",
    "ac3, ac3, ac3",
    "wav, pcm_s16le, pcm_s16le"
  })
  void aWrongNameAndTypeDoNotMislead(String format, String encoder, String codec) throws Exception {
    Decoded decoded = Decoded.of(mix(format, encoder), "song.mp3", "audio/mpeg");
    assertThat(decoded.info().codec()).isEqualTo(codec);
    assertThat(decoded.seconds()).isCloseTo(3, within(0.1));
  }

  private byte[] mix(String format, String encoder) throws IOException {
    float[][] signal = GoldenSignals.of("mix", 48_000, 2, 3 * 48_000);
    return TestMedia.audio(folder, format, encoder, 48_000, signal);
  }

  private static int firstFrame(byte[] mp3) {
    int at = 0;
    while (mp3[at] != (byte) 0xff || (mp3[at + 1] & 0xe0) != 0xe0) {
      at++;
    }
    return at;
  }

  private static long end(byte[] file) throws IOException {
    return LeadingTags.end(new ByteArrayChannel(file));
  }

  private static byte[] id3(byte[] body) {
    int size = body.length;
    byte[] header = {
      'I',
      'D',
      '3',
      4,
      0,
      0,
      (byte) (size >> 21 & 0x7f),
      (byte) (size >> 14 & 0x7f),
      (byte) (size >> 7 & 0x7f),
      (byte) (size & 0x7f)
    };
    return join(header, body);
  }

  private static byte[] ape(byte[] body) {
    ByteBuffer tag = ByteBuffer.allocate(32 + body.length).order(ByteOrder.LITTLE_ENDIAN);
    tag.put("APETAGEX".getBytes(StandardCharsets.US_ASCII));
    return tag.putInt(2000).putInt(body.length).put(32, body).array();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static void assertUnknown(byte[] file, String name, String mediaType) {
    assertThatThrownBy(() -> Decoded.of(file, name, mediaType))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_FORMAT));
  }
}

package dev.reprise.cli.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Truth;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EchonestFileTest {
  private static final List<String> SOME =
      List.of("audio_features.energy", "audio_features.tempo", "metadata.artist_name");
  private static final String SHAPE =
      "; load FMA's echonest.csv as it is published, with its four header lines.";

  @TempDir private Path folder;

  /** Each cell has a unique number or text, so that swapped columns are noticed. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3})
  void readsEveryColumnInAnyOrder(long seed) throws Exception {
    List<FieldDescriptor> groups = Truth.getDescriptor().getFields();
    List<String> columns = new ArrayList<>();
    for (FieldDescriptor group : groups.subList(1, groups.size() - 1)) {
      group
          .getMessageType()
          .getFields()
          .forEach(column -> columns.add(group.getName() + "." + column.getName()));
    }
    IntStream.range(0, 224).forEach(i -> columns.add("temporal_features.%03d".formatted(i)));
    assertThat(columns).hasSize(8 + 7 + 5 + 5 + 224);
    if (seed > 0) {
      Collections.shuffle(columns, new Random(seed));
    }
    String cells = columns.stream().map(EchonestFileTest::cell).collect(Collectors.joining(","));

    TruthRow row = onlyRow(columns, "000140," + cells);

    assertThat(row.errors()).isEmpty();
    assertThat(row.truth().getTrackId()).isEqualTo("140");
    for (String column : columns) {
      assertThat(value(row.truth(), column)).as(column).isEqualTo(cell(column));
    }
  }

  /** Returns a value unique to the column: a number within its range, or text in text columns. */
  private static String cell(String column) {
    boolean text =
        column.matches("metadata\\.(album_date|album_name|artist_location|artist_name|release)");
    boolean large = column.startsWith("ranks.") || column.endsWith(".tempo");
    double share = (column.hashCode() & 0xffffff) / (double) 0x2000000;
    return text ? column : Double.toString(large ? 1 + share : share);
  }

  private static String value(Truth truth, String column) {
    String group = column.substring(0, column.indexOf('.'));
    String name = column.substring(column.indexOf('.') + 1);
    if (group.equals("temporal_features")) {
      return Double.toString(truth.getTemporalFeaturesOrThrow(name));
    }
    FieldDescriptor field = Truth.getDescriptor().findFieldByName(group);
    Message columns = (Message) truth.getField(field);
    return columns.getField(field.getMessageType().findFieldByName(name)).toString();
  }

  @Test
  void emptyCellsAreAbsent() throws Exception {
    Truth truth = onlyRow(SOME, "3,,0,").truth();
    assertThat(truth.getAudioFeatures().hasEnergy()).isFalse();
    assertThat(truth.hasMetadata()).isFalse();
    assertThat(onlyRow(List.of("temporal_features.000", "ranks.song_currency_rank"), "3,,").truth())
        .isEqualTo(Truth.newBuilder().setTrackId("3").build());
  }

  @Test
  void cellsMayContainCommasQuotesAndLineBreaks() throws Exception {
    List<TruthRow> rows =
        rows(
            CsvFile.write(
                file(),
                SOME,
                "2,0.5,120,\"one, \"\"two\"\"\nthree\r\nfour\"",
                "",
                "3,2,120,Björk",
                "5,0.5,120,\"last\n\""));
    assertThat(rows.get(0).truth().getMetadata().getArtistName())
        .isEqualTo("one, \"two\"\nthree\r\nfour");
    assertThat(sentences(rows))
        .containsExactly("Line 9, audio_features.energy: 2.0 is not between 0 and 1.");
    assertThat(rows.get(1).truth().getMetadata().getArtistName()).isEqualTo("Björk");
    assertThat(rows).hasSize(3);
  }

  @Test
  void acceptsCarriageReturnsAndAByteOrderMark() throws Exception {
    String text = "\ufeff,echonest\r\n,ranks\r\n,song_currency_rank\r\ntrack_id,\r\n2,7\r\n3,0\r\n";
    List<TruthRow> rows = rows(CsvFile.write(file(), text));
    assertThat(rows.get(0).truth().getRanks().getSongCurrencyRank()).isEqualTo(7);
    assertThat(sentences(rows))
        .containsExactly(
            "Line 6, ranks.song_currency_rank: 0.0 is not between 1 and 1000000000000.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-0.5", "+0.5", ".5", "1.", "1e-3", "0.05E+1", "9.035e-07"})
  void acceptsDecimalNumbers(String cell) throws Exception {
    TruthRow row = onlyRow(List.of("metadata.artist_latitude"), "2," + cell);
    assertThat(row.errors()).isEmpty();
    assertThat(row.truth().getMetadata().getArtistLatitude()).isEqualTo(Double.parseDouble(cell));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NaN",
        "nan",
        "Infinity",
        "-inf",
        "1e999",
        "0x1p3",
        "1d",
        "1f",
        " 1",
        "1 ",
        "1..2",
        "e3",
        "-",
        ".",
        "١",
        "None"
      })
  void rejectsCellsThatAreNotFiniteNumbers(String cell) throws Exception {
    assertThat(sentences(List.of(onlyRow(List.of("metadata.artist_latitude"), "2," + cell))))
        .containsExactly(
            "Line 5, metadata.artist_latitude: '%s' is not a finite number.".formatted(cell));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2,1.7,120,A       | Line 5, audio_features.energy: 1.7 is not between 0 and 1.",
        "2,0.5,0,A         | Line 5, audio_features.tempo: 0.0 is not between 1 and 1000.",
        "2,half,120,A      | Line 5, audio_features.energy: 'half' is not a finite number.",
        "2,0.5,120         | Line 5: the header has 4 cells, the row 3.",
        "2,0.5,120,A,      | Line 5: the header has 4 cells, the row 5.",
        "2                 | Line 5: the header has 4 cells, the row 1.",
        "0,0.5,120,A       | Line 5, track_id: '0' is not a positive integer of at most 18 digits.",
        ",0.5,120,A        | Line 5, track_id: '' is not a positive integer of at most 18 digits.",
        "-2,0.5,120,A      | Line 5, track_id: '-2' is not a positive integer of at most 18 digits.",
        "2.0,0.5,120,A     | Line 5, track_id: '2.0' is not a positive integer of at most 18 digits.",
      })
  void reportsTheFaultOfARow(String line, String sentence) throws Exception {
    List<TruthRow> rows = rows(CsvFile.write(file(), SOME, line, "999,0.25,99,B"));
    assertThat(sentences(rows)).containsExactly(sentence);
    assertThat(rows.get(0).accepted()).isFalse();
    assertThat(rows.get(1).accepted()).isTrue();
    assertThat(rows.get(1).truth().getAudioFeatures().getEnergy()).isEqualTo(0.25);
  }

  @Test
  void reportsAllFaultsOfARowTruncatedToOneLine() throws Exception {
    String cell = "\"1\n" + "x".repeat(50) + "\"";
    assertThat(sentences(List.of(onlyRow(SOME, "2x," + cell + ",1001,A"))))
        .containsExactly(
            "Line 5, track_id: '2x' is not a positive integer of at most 18 digits.",
            "Line 5, audio_features.energy: '1 " + "x".repeat(38) + "...' is not a finite number.",
            "Line 5, audio_features.tempo: 1001.0 is not between 1 and 1000.");
  }

  @Test
  void rejectsTheSecondRowOfATrack() throws Exception {
    List<TruthRow> rows =
        rows(CsvFile.write(file(), SOME, "7,,,\"A\nB\"", "8,,,", "007,,,", "9,,,", "7,,,"));
    assertThat(sentences(rows))
        .containsExactly(
            "Line 8, track_id: '007' is already on line 5.",
            "Line 10, track_id: '7' is already on line 5.");
    assertThat(rows.stream().map(TruthRow::accepted))
        .containsExactly(true, true, false, true, false);
  }

  @Test
  void rejectsARowThatIsTooLargeForARecord() throws Exception {
    String release = "\u0001".repeat(99_900);
    assertThat(onlyRow(List.of("metadata.release"), "2," + release).errors()).isEmpty();
    assertThat(sentences(List.of(onlyRow(List.of("metadata.release"), "2," + release + release))))
        .containsExactly("Line 5: 199811 bytes, above 100000.");
  }

  @Test
  void reportsAndIgnoresUnknownColumns() throws Exception {
    List<String> columns =
        List.of(
            "audio_features.loudness",
            "audio_features.energy",
            "temporal_features.224",
            "temporal_features.223",
            "temporal_features.0",
            "track_id.energy",
            "genres.energy");
    try (EchonestFile file =
        EchonestFile.open(CsvFile.write(file(), columns, "2,9,0.5,9,-3,9,9,9"))) {
      assertThat(file.unknownColumns())
          .containsExactly(
              "audio_features.loudness",
              "temporal_features.224",
              "temporal_features.0",
              "track_id.energy",
              "genres.energy");
      assertThat(file.next())
          .isEqualTo(
              new TruthRow(
                  Truth.newBuilder()
                      .setTrackId("2")
                      .setAudioFeatures(AudioFeatures.newBuilder().setEnergy(0.5))
                      .putTemporalFeatures("223", -3)
                      .build(),
                  List.of()));
      assertThat(file.next()).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource
  void rejectsAnInvalidHeader(String text, String error) {
    Path file = CsvFile.write(file(), text);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> rows(file))
        .withMessage(file + error + SHAPE);
  }

  static List<Arguments> rejectsAnInvalidHeader() {
    String header = ",echonest,echonest\n,ranks,audio_features\n,x,energy\ntrack_id,,\n";
    return List.of(
        arguments("", " is empty"),
        arguments("\n\n", " is empty"),
        arguments(",echonest\n,audio_features\n,energy\n", " ends within its header"),
        arguments(
            "track_id,energy\n2,0.5\n", ", line 1, cell 1: 'track_id' where nothing should be"),
        arguments(
            header.replaceFirst("echonest", "librosa"),
            ", line 1, cell 2: 'librosa' where 'echonest' should be"),
        arguments(
            header.replace(",ranks", "group,ranks"),
            ", line 2, cell 1: 'group' where nothing should be"),
        arguments(
            header.replace(",ranks", ",ranks,ranks"),
            ", line 2: the first line has 3 cells, this one 4"),
        arguments(
            header.replace(",x,energy", ",\"x,energy\""),
            ", line 3: the first line has 3 cells, this one 2"),
        arguments(
            header.replace("track_id", "2"), ", line 4, cell 1: '2' where 'track_id' should be"),
        arguments(
            header.replace("track_id,,", "track_id,,0.5"),
            ", line 4, cell 3: '0.5' where nothing should be"),
        arguments(
            header.replace("ranks", "audio_features").replace(",x", ",energy"),
            ", line 3: cells 2 and 3 are both audio_features.energy"),
        arguments(header.replace("energy", "y"), " has no column that Reprise knows"));
  }

  @Test
  void reportsAMissingFile() {
    assertError(folder.resolve("none.csv"), folder.resolve("none.csv") + " does not exist.");
    assertError(folder, folder + " is a folder; give the file in it.");
    assertError(
        Path.of("/dev/null"),
        "/dev/null is not a regular file, and it must be read twice; save it to a regular file first.");
  }

  private static void assertError(Path file, String sentence) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> rows(file))
        .withMessage(sentence);
  }

  @Test
  void rejectsARowWithACellThatIsNotUtf8() throws Exception {
    String text =
        ",echonest,echonest\n,metadata,other\n,release,release\ntrack_id,,\n"
            + "2,\"A\nB\",\n3,Björk,\n4,A,Björk\n";
    Path latin = CsvFile.write(file(), text.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(sentences(rows(latin)))
        .containsExactly("Line 7, metadata.release: 'Björk' is not UTF-8.");
    assertThat(rows(latin).stream().filter(TruthRow::accepted)).hasSize(2);
  }

  @Test
  void acceptsTheSecondRowOfATrackIfTheFirstIsRejected() throws Exception {
    List<TruthRow> rows = rows(CsvFile.write(file(), SOME, "7,1.5,,", "7,,,", "7,,,"));
    assertThat(sentences(rows))
        .containsExactly(
            "Line 5, audio_features.energy: 1.5 is not between 0 and 1.",
            "Line 7, track_id: '7' is already on line 6.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "3,0.5,120,\"A    | Unclosed quoted field at end of input (record starting at line 6)",
        "3,0.5,120,\"A\"B | Unexpected character after closing quote: 'B' (0x42)"
            + " (record starting at line 6)",
      })
  void reportsWhereQuotationMarksAreUnbalanced(String line, String error) {
    Path file = CsvFile.write(file(), SOME, "2,0.5,120,A", line, "5,0.5,120,A");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> rows(file))
        .withMessage(file + " is not well-formed CSV; fix its quotation marks: " + error + ".");
  }

  /** Without a limit the rest of the file would be read as one cell. */
  @Test
  void anUnclosedQuotationMarkDoesNotExhaustMemory() {
    Path file = CsvFile.write(file(), SOME, "2,0.5,120,\"" + "A\n".repeat(1 << 20));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> rows(file))
        .withMessageStartingWith(file + " is not well-formed CSV; fix its quotation marks: ")
        .withMessageContaining("1048576")
        .withMessageContaining("line 5");
  }

  private TruthRow onlyRow(List<String> columns, String line) throws Exception {
    List<TruthRow> rows = rows(CsvFile.write(file(), columns, line));
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private Path file() {
    return folder.resolve("echonest.csv");
  }

  private static List<TruthRow> rows(Path path) throws ConfigurationException, IOException {
    List<TruthRow> rows = new ArrayList<>();
    try (EchonestFile file = EchonestFile.open(path)) {
      for (TruthRow row = file.next(); row != null; row = file.next()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static List<String> sentences(List<TruthRow> rows) {
    return rows.stream().flatMap(row -> row.errors().stream()).map(RowError::sentence).toList();
  }
}

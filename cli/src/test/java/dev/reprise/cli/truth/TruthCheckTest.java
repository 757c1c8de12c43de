package dev.reprise.cli.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TruthCheckTest {
  private static final String ENERGY = "audio_features.energy";

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;

  @Test
  void countsRowsAndPrintsFaults() throws Exception {
    assertThat(check(List.of(ENERGY, "audio_features.tempo"), "2,0,1", "3,2,0", "5,1,1"))
        .isEqualTo(new TruthCheck(2, 1));
    assertThat(notes())
        .containsExactly(
            "Line 6, audio_features.energy: 2.0 is not between 0 and 1.",
            "Line 6, audio_features.tempo: 0.0 is not between 1 and 1000.");
  }

  @Test
  void printsNothingWithoutFaults() throws Exception {
    assertThat(check(List.of(ENERGY))).isEqualTo(new TruthCheck(0, 0));
    assertThat(check(List.of(ENERGY), "2,0")).isEqualTo(new TruthCheck(1, 0));
    assertThat(notes()).isEmpty();
  }

  @Test
  void printsTheFirstHundredFaultsAndCountsTheRest() throws Exception {
    assertThat(check(List.of(ENERGY), invalid(100))).isEqualTo(new TruthCheck(0, 100));
    assertThat(notes()).hasSize(100).allMatch(line -> line.startsWith("Line "));
    err.reset();
    assertThat(check(List.of(ENERGY), invalid(150))).isEqualTo(new TruthCheck(0, 150));
    assertThat(notes()).hasSize(101).element(99).asString().startsWith("Line 104, ");
    assertThat(notes()).last().isEqualTo("... and 50 more.");
  }

  @Test
  void namesIgnoredColumnsOnce() throws Exception {
    assertThat(check(List.of("ranks.a", ENERGY, "b.\u0007c"), "2,0,0.5,0", "3,0,0.5,0"))
        .isEqualTo(new TruthCheck(2, 0));
    assertThat(notes()).containsExactly("Ignored 2 unknown columns: ranks.a, b. c.");
    err.reset();
    List<String> many = IntStream.range(0, 12).mapToObj(i -> "x." + i).toList();
    check(IntStream.range(0, 13).mapToObj(i -> i < 12 ? many.get(i) : ENERGY).toList());
    assertThat(notes())
        .containsExactly(
            "Ignored 12 unknown columns: " + String.join(", ", many.subList(0, 10)) + ", ....");
  }

  private static String[] invalid(int rows) {
    return IntStream.range(0, rows).mapToObj(i -> i + 1 + ",7").toArray(String[]::new);
  }

  private TruthCheck check(List<String> columns, String... rows) throws Exception {
    Terminal terminal =
        new Terminal(System.out, new PrintStream(err, true, StandardCharsets.UTF_8), false, 100);
    return TruthCheck.of(CsvFile.write(folder.resolve("echonest.csv"), columns, rows), terminal);
  }

  private List<String> notes() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }
}

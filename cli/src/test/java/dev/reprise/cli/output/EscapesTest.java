package dev.reprise.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EscapesTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
  private final Terminal terminal = new Terminal(stream, stream, false, 80);

  @Test
  void terminalEscapesControlCharacters() {
    terminal.print("esc\u001b[31mred\u007f\u009b2J\r\nSigur Rós\t1");
    terminal.note("esc\u001b[31mred");
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "esc\\u001b[31mred\\u007f\\u009b2J\\u000d\\u000aSigur Rós\t1", "esc\\u001b[31mred");
  }

  @Test
  void tableMeasuresEscapedCells() {
    TextTable table = new TextTable("key", "reason");
    table.add("\u001b\t", "bad-key");
    table.add("a", "too-short");
    table.print(terminal);
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "key           reason", "\\u001b\\u0009  bad-key", "a             too-short");
  }
}

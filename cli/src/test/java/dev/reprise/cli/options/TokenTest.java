package dev.reprise.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {
  @TempDir Path folder;

  private final Token token = new Token("--bearer-token");

  @ParameterizedTest
  @ValueSource(strings = {"secret", "a.b-c_d~e+f/g==", "!\"#"})
  void acceptsTokensThatAHeaderCanCarry(String text) throws Exception {
    assertThat(token.of(text, null)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gr\u00fc\u00df", "a b", "a\n", "a\t", "a\u007f"})
  void refusesTokensThatAHeaderCannotCarry(String text) {
    assertThatThrownBy(() -> token.of(text, null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("--bearer-token must have");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n"})
  void refusesAnEmptyFile(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("token"), text);
    assertThatThrownBy(() -> token.of(null, file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("--bearer-token is empty");
  }

  @Test
  void refusesAValueAndAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), "secret");
    assertThatThrownBy(() -> token.of("secret", file)).isInstanceOf(ConfigurationException.class);
  }

  /** A pipe is empty after the first time. */
  @Test
  void readsItsFileOnce() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "secret\n");
    assertThat(token.of(null, file)).contains("secret");
    Files.writeString(file, "");
    assertThat(token.of(null, file)).contains("secret");
  }
}

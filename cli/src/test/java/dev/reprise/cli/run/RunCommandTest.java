package dev.reprise.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RunCommandTest {
  @Test
  void pointsToThePage() {
    assertThat(RunCommand.pageHint(null))
        .isEqualTo(
            "For a web page with uploads and similar tracks: ./reprise serve, then"
                + " http://127.0.0.1:8080/");
    assertThat(RunCommand.pageHint(Path.of("/var/lib/reprise-1.0")))
        .isEqualTo(
            "To see these tracks on a web page: ./reprise serve --data-dir /var/lib/reprise-1.0, then"
                + " http://127.0.0.1:8080/");
  }

  @Test
  void quotesTheDataDirectoryForTheShell() {
    assertThat(RunCommand.pageHint(Path.of("my music")))
        .contains("serve --data-dir 'my music', then");
    assertThat(RunCommand.pageHint(Path.of("$HOME;x"))).contains(" '$HOME;x', then");
    assertThat(RunCommand.pageHint(Path.of("it's"))).contains(" 'it'\\''s', then");
  }
}

package dev.reprise.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolNameTest {
  private static final String UUID = "3f2b8c1e-7d4a-4b6f-9c2e-0a1b2c3d4e5f";

  @Test
  void isNamedByItsUri() throws RejectedException {
    SpoolName name = SpoolName.random();
    assertThat(SpoolName.of(SourceUri.parse(name.uri()))).isEqualTo(name);
    assertThat(new SpoolName(UUID).uri()).isEqualTo("spool:/" + UUID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spool:/../etc/passwd",
        "spool:/%2e%2e/%2e%2e/etc/passwd",
        "spool:/" + UUID + "/../../etc/passwd",
        "spool:/" + UUID + "/..",
        "spool:/%33f2b8c1e-7d4a-4b6f-9c2e-0a1b2c3d4e5f",
        "spool:/" + UUID + ".part",
        "spool:/" + UUID + "?versionId=1",
        "spool:/" + UUID + "#a",
        "spool://" + UUID,
        "spool:///" + UUID,
        "spool://host/" + UUID,
        "spool:" + UUID,
        "spool:/3F2B8C1E-7D4A-4B6F-9C2E-0A1B2C3D4E5F",
        "spool:/song.flac",
        "spool:/",
      })
  void refusesWhatTheApiDoesNotMake(String uri) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> SpoolName.of(SourceUri.parse(uri)))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.BAD_URI));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a/b", UUID + "\n", "3f2b8c1e-7d4a-1b6f-9c2e-0a1b2c3d4e5f"})
  void isARandomUuid(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new SpoolName(text));
    assertThat(SpoolName.parse(text)).isEmpty();
  }
}

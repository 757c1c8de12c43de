package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceUriTest {
  @ParameterizedTest
  @CsvSource({
    "file:///music/a%20song.mp3,             file:///music/a%20song.mp3",
    "file:///music/me@home.mp3,              file:///music/me@home.mp3",
    "HTTP://host.example:8080/a/b.mp3,       http://host.example:8080/a/b.mp3",
    "https://[::1]:1/a,                      https://[::1]:1/a",
    "https://host.example/a?X-Signature=s3cret#s3cret, https://host.example/a?...",
    "http://user:p/s3cret@host.example/,     http://...",
    "http://user:p#s3cret@host.example/,     http://...",
    "http:user:s3cret@host.example,          http:",
    "user:s3cret@host.example,               user:",
    "/no/scheme.mp3,                         /no/scheme.mp3",
  })
  void hidesQueryAndPossiblePasswords(String text, String shown) throws Exception {
    assertThat(SourceUri.parse(text)).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:s3cret@host.example/a.mp3",
        "http://s3cret@host.example/",
        "http://user:s3 cret@host.example/",
        "http://user:s3cret@ho st/",
        "\u001b[2Jhttp://user:s3cret@host.example/",
        "file://user:s3cret@host/a.mp3",
        "//user:s3cret@host/",
      })
  void rejectsCredentialsWithoutRepeatingThem(String text) {
    assertThat(SourceUri.hasCredentials(text)).isTrue();
    assertRejected(text, "The URI contains a user name or password");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://s3cret host/", "\u001b[2Js3cret", "file:///%s3cret"})
  void rejectsMalformedTextWithoutRepeatingIt(String text) {
    assertThat(SourceUri.hasCredentials(text)).isFalse();
    assertRejected(text, "The URI is malformed (");
  }

  @Test
  void acceptsAnAtSignInThePath() {
    assertThat(SourceUri.hasCredentials("https://host.example/@user/a.mp3?b=c@d#e@f")).isFalse();
  }

  private static void assertRejected(String text, String message) {
    assertThatThrownBy(() -> SourceUri.parse(text))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_URI))
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("s3")
        .hasNoCause();
  }
}

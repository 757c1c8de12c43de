package dev.reprise.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.server.ServerConfig;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
  private final AllowedHosts hosts =
      new ServerConfig(
              "Music-Box",
              Optional.of("api"),
              8080,
              Optional.empty(),
              Optional.empty(),
              List.of("https://music.example.org:8443", "http://other.example.org"),
              1)
          .allowedHosts();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:8080",
        "localhost.",
        "localhost.:8080",
        "127.0.0.1",
        "127.8.9.250:1",
        "192.168.0.7:8080",
        "[::1]",
        "[::1]:8080",
        "[FE80::1]:8080",
        "[::ffff:127.0.0.1]",
        "music-box:8080",
        "api:8080",
        "api",
        "music.example.org",
        "MUSIC.example.org:8443",
        "music.example.org:9",
        "other.example.org"
      })
  void includesAllowedHosts(String host) {
    assertThat(hosts.include(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":8080",
        "evil.example.org",
        "evil.example.org:8080",
        "localhost.evil.org",
        "127.0.0.1.evil.org",
        "127.0.0",
        "127.0.0.256",
        "example.org",
        "xmusic.example.org",
        "api.evil.org",
        "[evil.org]",
        "https"
      })
  void excludesOtherHosts(String host) {
    assertThat(hosts.include(host)).isFalse();
  }

  @Test
  void excludesAMissingHost() {
    assertThat(hosts.include(null)).isFalse();
  }
}

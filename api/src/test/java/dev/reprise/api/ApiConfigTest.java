package dev.reprise.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Topics;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiConfigTest {
  @ParameterizedTest
  @ValueSource(strings = {"secret", "a.b-c_d~e+f/g==", "!\"#"})
  void acceptsTokensThatAHeaderCanCarry(String token) {
    assertThat(errors(token)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gr\u00fc\u00df", "a b", "a\n", "a\t", "a\u007f"})
  void refusesTokensThatAHeaderCannotCarry(String token) {
    assertThat(errors(token)).singleElement().asString().startsWith("--bearer-token must have");
  }

  private static List<String> errors(String token) {
    return new ApiConfig(
            new KafkaSettings(Map.of("bootstrap.servers", "127.0.0.1:9092"), Topics.defaults()),
            "api",
            Path.of("data"),
            "127.0.0.1",
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.of(token),
            List.of(),
            10,
            ApiConfig.DEFAULT_UPLOAD_MEMORY,
            Optional.empty(),
            ApiConfig.DEFAULT_MAX_UPLOAD_BYTES,
            ApiConfig.DEFAULT_MAX_SPOOL_BYTES,
            EndpointsConfig.local(),
            "test")
        .errors();
  }
}

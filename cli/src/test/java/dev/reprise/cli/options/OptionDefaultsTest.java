package dev.reprise.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Command line over environment over file over built-in default. */
class OptionDefaultsTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "REPRISE_HTTP_PORT", "2",
          "REPRISE_KAFKA_SECURITY_PROTOCOL", "SSL",
          "REPRISE_KAFKA_CLIENT_ID", "environment");

  private final Path file;

  OptionDefaultsTest(@TempDir Path directory) {
    file = directory.resolve("reprise.properties");
  }

  @BeforeEach
  void writeFile() throws IOException {
    Files.writeString(
        file,
        """
        http-port = 1
        http-host = file.example
        kafka.client.id = file
        kafka.request.timeout.ms = 1000
        """);
  }

  @Test
  void commandLineWins() throws IOException {
    assertThat(parse(OptionSources.of(ENVIRONMENT, file), "--http-port", "3").http.port())
        .isEqualTo(3);
  }

  @Test
  void environmentWinsOverFile() throws IOException {
    assertThat(parse(OptionSources.of(ENVIRONMENT, file)).http.port()).isEqualTo(2);
  }

  @Test
  void fileWinsOverDefault() throws IOException {
    Options options = parse(OptionSources.of(Map.of(), file));
    assertThat(options.http.port()).isEqualTo(1);
    assertThat(options.http.host()).isEqualTo("file.example");
  }

  @Test
  void defaultApplies() {
    assertThat(parse(OptionSources.of(Map.of())).http.port()).isEqualTo(9404);
  }

  @Test
  void kafkaSettingsFollowTheSameOrder() throws IOException {
    Options options = parse(OptionSources.of(ENVIRONMENT, file), "-K", "client.id=line");
    assertThat(options.kafka.settings().clientProperties())
        .containsEntry("client.id", "line")
        .containsEntry("security.protocol", "SSL")
        .containsEntry("request.timeout.ms", "1000")
        .containsEntry("bootstrap.servers", "127.0.0.1:9092");
    assertThat(parse(OptionSources.of(ENVIRONMENT, file)).kafka.settings().clientProperties())
        .containsEntry("client.id", "environment");
  }

  @Test
  void bootstrapServersWinOverKafkasOwnSetting() {
    Options options =
        parse(
            OptionSources.of(Map.of("REPRISE_KAFKA_BOOTSTRAP_SERVERS", "a:1")),
            "--bootstrap-servers",
            "b:2");
    assertThat(options.kafka.settings().bootstrapServers()).isEqualTo("b:2");
  }

  private static Options parse(OptionSources sources, String... args) {
    Options options = new Options(sources);
    new CommandLine(options).setDefaultValueProvider(new OptionDefaults(sources)).parseArgs(args);
    return options;
  }

  @Command
  private static final class Options {
    @Mixin private final HttpOptions http = new HttpOptions(9404);
    @Mixin private final KafkaOptions kafka;

    Options(OptionSources sources) {
      kafka = new KafkaOptions(sources);
    }
  }
}

package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.command.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  private final Console console = new Console();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "run",
        "extractor",
        "inference",
        "broker",
        "topics",
        "topics create",
        "topics list",
        "topics acls",
        "truth",
        "truth load",
        "submit",
        "consume",
        "extract",
        "dead-letters",
        "dead-letters list",
        "dead-letters show",
        "dead-letters replay",
        "bench",
        "model",
        "model card",
        "model list",
        "doctor"
      })
  void everyCommandHasHelp(String command) {
    assertThat(console.run((command + " --help").strip().split(" "))).isZero();
    assertThat(console.out().get(0)).startsWith(("Usage: reprise " + command).stripTrailing());
    assertThat(console.out()).anyMatch(line -> line.contains("--config"));
    assertThat(console.err()).isEmpty();
  }

  @Test
  void printsItsVersion() {
    assertThat(console.run("--version")).isZero();
    assertThat(console.out()).hasSize(1).allMatch(line -> line.contains("Kafka 4."));
  }

  @Test
  void refusesSecretsOnTheCommandLine() {
    assertThat(
            console.run(
                "api",
                "--bearer-token",
                "hush",
                "--metrics-token=hush",
                "-K",
                "producer.sasl.jaas.config=hush",
                "-K",
                "ssl.keystore.password=hush"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(console.err())
        .hasSize(5)
        .anyMatch(
            line -> line.startsWith("--bearer-token") && line.contains("REPRISE_BEARER_TOKEN"))
        .anyMatch(
            line -> line.startsWith("--metrics-token") && line.contains("--metrics-token-file"))
        .anyMatch(line -> line.startsWith("-K producer.sasl.jaas.config on the command line"))
        .anyMatch(line -> line.contains("set REPRISE_KAFKA_SSL_KEYSTORE_PASSWORD,"))
        .noneMatch(line -> line.contains("hush"));
  }

  @Test
  void printsAclsAsCommandsAndAsAKafkaUser() {
    assertThat(console.run("topics", "acls", "extractor", "--principal", "User:CN=ex,O=a b"))
        .isZero();
    assertThat(console.out())
        .contains(
            "kafka-acls.sh --bootstrap-server 127.0.0.1:9092 --command-config admin.properties --add"
                + " --allow-principal 'User:CN=ex,O=a b' --operation Read --operation"
                + " DescribeConfigs --topic reprise.audio-files.v1",
            "kafka-acls.sh --bootstrap-server 127.0.0.1:9092 --command-config admin.properties --add"
                + " --allow-principal 'User:CN=ex,O=a b' --operation Write --transactional-id"
                + " reprise-extractor- --resource-pattern-type prefixed");

    assertThat(console.run("topics", "acls", "inference", "--strimzi", "--application-id", "inf"))
        .isZero();
    assertThat(console.out())
        .contains("kind: KafkaUser", "  name: reprise-inference", "          type: transactionalId")
        .containsSequence(
            "          type: topic",
            "          name: inf-",
            "          patternType: prefix",
            "        operations: [Create, Read, Write, Delete]")
        .noneMatch(line -> line.contains("shadow"));
    assertThat(console.run("topics", "acls", "inference", "--shadow-model", "next")).isZero();
    assertThat(console.out()).anyMatch(line -> line.endsWith("reprise.predictions.v1.shadow"));
  }

  @Test
  void listsAllFaultsWithTheirSources(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("reprise.properties");
    Files.writeString(file, "portt = 1\nthredas = 2\nkafka.acks = all\n");

    int exitCode =
        console.run(
            Map.of("REPRISE_PORT", "tcp://1"), "broker", "--config", file.toString(), "--nonsense");

    assertThat(exitCode).isEqualTo(ExitCode.USAGE);
    assertThat(console.err())
        .containsExactlyInAnyOrder(
            file
                + ": unknown keys portt, thredas; keys are the options' long names without dashes,"
                + " and kafka.*.",
            "Invalid value for option '--port': 'tcp://1' is not an int"
                + " (environment variable REPRISE_PORT).",
            "Unknown option: '--nonsense'.",
            "'reprise --help' lists the commands, 'reprise COMMAND --help' their options.");
  }

  @Test
  void rejectsAMissingConfigurationFile() {
    assertThat(console.run("topics", "list", "--config", "/nowhere/reprise.properties"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(console.err())
        .containsExactly("The configuration file /nowhere/reprise.properties does not exist.");
  }

  @Test
  void requiresACommand() {
    assertThat(console.run()).isEqualTo(ExitCode.USAGE);
    assertThat(console.err().get(0)).isEqualTo("Missing required subcommand.");
  }

  @Test
  void reportsAFolderWithoutAudio(@TempDir Path directory) {
    assertThat(console.run("run", directory.toString())).isEqualTo(ExitCode.FAILED);
    assertThat(console.err()).isEqualTo(List.of("There are no audio files in " + directory + "."));
  }

  @Test
  void reportsAMissingTruthFile() {
    assertThat(console.run("truth", "load", "/nowhere/echonest.csv")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err()).containsExactly("/nowhere/echonest.csv does not exist.");
    assertThat(console.run("truth", "load")).isEqualTo(ExitCode.USAGE);
    assertThat(console.err().get(0)).isEqualTo("Missing required parameter: 'FILE'.");
    assertThat(console.run("truth")).isEqualTo(ExitCode.USAGE);
    assertThat(console.err().get(0)).isEqualTo("Missing required subcommand.");
  }

  @Test
  void reportsAnUnreachableBrokerInOneSentence() {
    // Port 1 is reserved (tcpmux) and served nowhere.
    assertThat(console.run("consume", "--bootstrap-servers", "127.0.0.1:1"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .hasSize(1)
        .allMatch(line -> line.startsWith("No Kafka broker is reachable at 127.0.0.1:1 "));
  }
}

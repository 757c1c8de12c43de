package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.cli.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Extractor and inference service in separate processes, which SIGTERM stops. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ServicesIT {
  private static final int TERMINATED = 128 + 15;

  private final Console console = new Console();
  private final EmbeddedBroker broker;
  private final Path directory;
  private final List<Process> processes = new ArrayList<>();

  ServicesIT(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.broker = EmbeddedBroker.start();
  }

  @BeforeEach
  void createTopics() {
    assertThat(run("topics", "create", "--partitions", "2")).isZero();
  }

  @AfterEach
  void stop() throws IOException {
    processes.forEach(Process::destroyForcibly);
    broker.close();
  }

  @Test
  void processAnEventAndStopOnSigterm() throws Exception {
    Path song = WavFile.write(directory.resolve("music/song.wav"), 3, 1);
    Process extractor = start("extractor", "--threads", "1");
    Process inference = start("inference", "--threads", "1", "--model-repository", RunIT.MODELS);

    assertThat(run("submit", "--inline", "--root", "" + directory, song.toString())).isZero();
    assertThat(run("consume", "--from-beginning", "--max", "1")).isZero();
    assertThat(console.out())
        .hasSize(1)
        .allMatch(line -> line.contains("\"track_id\":\"music/song.wav\""));

    for (Process process : List.of(extractor, inference)) {
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(TERMINATED);
    }
    for (String service : List.of("extractor", "inference")) {
      assertThat(Files.readAllLines(log(service)))
          .hasSize(1)
          .allMatch(line -> line.contains(" running"));
    }
  }

  @Test
  void exitWithOneSentenceForEachMissingTopic() throws Exception {
    Process extractor = start("extractor", "--topic-prefix", "other.");
    assertThat(extractor.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(extractor.exitValue()).isEqualTo(ExitCode.FAILED);
    assertThat(Files.readAllLines(log("extractor")))
        .hasSize(3)
        .allMatch(
            line ->
                line.matches(
                    "Topic other\\.\\S+ does not exist at .*; create it with 'reprise topics"
                        + " create'\\."));
  }

  private Process start(String service, String... args) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                service,
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--data-dir",
                directory.resolve("data").toString(),
                "--http-port",
                "0"));
    arguments.addAll(List.of(args));
    Process process = OwnProcess.start(log(service), arguments);
    processes.add(process);
    return process;
  }

  private Path log(String service) {
    return directory.resolve(service + ".log");
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    return console.run(all.toArray(String[]::new));
  }
}

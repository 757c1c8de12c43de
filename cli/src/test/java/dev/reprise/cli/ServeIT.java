package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reprise.cli.command.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All services in one process, queried over HTTP and from the command line. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ServeIT {
  private static final Pattern PAGE = Pattern.compile("The page is at (http://\\S+:\\d+)/\\.");
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int TERMINATED = 128 + 15;

  private final Console console = new Console();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Path directory;
  private final List<Process> processes = new ArrayList<>();

  ServeIT(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void stop() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void servesTheTracksOfARunAndNewUploads() throws Exception {
    Path song = WavFile.write(directory.resolve("song.wav"), 12, 1);
    String data = directory.resolve("data").toString();
    assertThat(
            console.run(
                "run",
                "--model-repository",
                RunIT.MODELS,
                "--data-dir",
                data,
                "--root",
                directory.toString(),
                song.toString()))
        .isZero();
    assertThat(console.err())
        .last()
        .asString()
        .isEqualTo(
            "To see these tracks on a web page: ./reprise serve --data-dir "
                + data
                + ", then http://127.0.0.1:8080/");

    Process serve = serve(data);
    String url = awaitPage();
    // The records of the earlier process are read after the start.
    await()
        .atMost(TIMEOUT)
        .until(() -> send(url + "/v1/audio-features/song.wav").statusCode() == 200);

    Path other = WavFile.write(directory.resolve("other.wav"), 35, 2);
    HttpResponse<String> upload =
        http.send(
            HttpRequest.newBuilder(URI.create(url + "/v1/audio?track_id=other"))
                .header("Content-Type", "audio/wav")
                .header("Prefer", "wait=60")
                .POST(BodyPublishers.ofFile(other))
                .build(),
            BodyHandlers.ofString());
    assertThat(upload.statusCode()).isEqualTo(200);
    JsonObject track = get(url + "/v1/tracks/other");
    assertThat(track.getAsJsonArray("clips").size())
        .isEqualTo(track.getAsJsonObject("prediction").get("clip_count").getAsInt());
    assertThat(get(url + "/v1/status").getAsJsonObject("live").get("tracks").getAsDouble())
        .isEqualTo(1);

    assertThat(console.run("similar", "other", "--url", url, "--group", "embedding")).isZero();
    assertThat(console.out()).hasSize(3).last().asString().startsWith("song.wav ");
    assertThat(console.run("similar", "other", "--url", url, "--compare")).isZero();
    assertThat(console.out()).contains("The 10 nearest, by group and metric:");
    assertThat(console.run("similar", "nobody", "--url", url)).isEqualTo(ExitCode.FAILED);
    assertThat(console.err()).containsExactly("Unknown track nobody.");

    serve.destroy();
    assertThat(serve.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(serve.exitValue()).isEqualTo(TERMINATED);
    assertThat(Files.readAllLines(log())).hasSize(3);
    assertThat(console.run("similar", "other", "--url", url)).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .containsExactly(
            "No API is reachable at "
                + url
                + "; start one with 'reprise serve' or 'reprise api', or set --url.");
  }

  private HttpResponse<String> send(String url) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }

  private JsonObject get(String url) throws Exception {
    HttpResponse<String> response = send(url);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private Process serve(String data) throws IOException {
    Process process =
        OwnProcess.start(
            log(),
            List.of(
                "serve",
                "--model-repository",
                RunIT.MODELS,
                "--data-dir",
                data,
                "--port",
                "0",
                "--api-port",
                "0"));
    processes.add(process);
    return process;
  }

  private Path log() {
    return directory.resolve("serve.log");
  }

  /** Waits until the page's URL is printed, and returns it. */
  private String awaitPage() {
    return await()
        .atMost(TIMEOUT)
        .until(
            () ->
                PAGE.matcher(Files.readString(log()))
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .findFirst()
                    .orElse(""),
            url -> !url.isEmpty());
  }
}

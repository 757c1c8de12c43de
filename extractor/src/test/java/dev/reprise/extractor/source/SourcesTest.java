package dev.reprise.extractor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.event.AudioEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
  private static final byte[] AUDIO = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  private static final Duration FETCH_TIME = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final CountDownLatch testEnds = new CountDownLatch(1);
  private final AtomicInteger unavailable = new AtomicInteger();
  private HttpServer server;
  private Path root;
  private Path spool;
  private volatile String contentType = "";

  @BeforeEach
  void start() throws IOException {
    root = Files.createDirectories(folder.resolve("music"));
    spool = Files.createDirectories(folder.resolve("spool"));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    serve("/song", 200, AUDIO, null);
    serve("/gone", 404, AUDIO, null);
    serve("/forbidden", 403, AUDIO, null);
    serve("/hop", 302, AUDIO, "/song");
    serve("/loop", 302, AUDIO, "/loop");
    serve("/away", 302, AUDIO, "http://elsewhere.example/song");
    serve("/large", 200, new byte[200_000], null);
    serve("/a song (1)[ö].mp3", 200, AUDIO, null);
    serve("/old", 301, AUDIO, "/a song (1)[\u00c3\u00b6].mp3");
    serve("/unchanged", 304, new byte[0], null);
    serve("/choices", 300, AUDIO, null);
    serve("/malformed", 302, AUDIO, "http://[hunter2/");
    serve("/credentials", 302, AUDIO, "http://user:hunter2@127.0.0.1/song");
    serve("/scheme", 302, AUDIO, "gopher://127.0.0.1/song");
    server.createContext(
        "/flaky",
        exchange -> {
          try (exchange) {
            boolean fail = unavailable.getAndDecrement() > 0;
            exchange.sendResponseHeaders(fail ? 503 : 200, AUDIO.length);
            exchange.getResponseBody().write(AUDIO);
          }
        });
    server.createContext(
        "/stall",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, AUDIO.length);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
            testEnds.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    testEnds.countDown();
    server.stop(0);
    executor.shutdownNow();
  }

  @Test
  void readsInlineAudio() throws Exception {
    try (AudioInput input = sources(FETCH_TIME).open(new AudioEvent.Inline(AUDIO, ""))) {
      assertReadable(input.channel());
    }
  }

  @Test
  void readsFilesBelowTheRoots() throws Exception {
    Path file = Files.write(root.resolve("süß & 50%.mp3"), AUDIO);
    try (AudioInput input = open(file.toUri().toString())) {
      assertReadable(input.channel());
    }
  }

  @Test
  void rejectsFilesElsewhere() throws Exception {
    Path outside = Files.write(folder.resolve("secret"), AUDIO);
    Files.createSymbolicLink(root.resolve("link"), outside);
    assertRejected(outside.toUri().toString(), Reason.SOURCE_NOT_ALLOWED);
    assertRejected(root.resolve("link").toUri().toString(), Reason.SOURCE_NOT_ALLOWED);
    assertRejected(root.toUri() + "../secret", Reason.SOURCE_NOT_ALLOWED);
    assertRejected(root.toUri() + "none.mp3", Reason.SOURCE_NOT_FOUND);
    assertRejected(root.toUri().toString(), Reason.SOURCE_UNREADABLE);
    assertRejected("file://host/a.mp3", Reason.BAD_URI);
    assertRejected("file:a.mp3", Reason.BAD_URI);
    assertRejected("/no/scheme.mp3", Reason.BAD_URI);
    assertRejected("http://a b/", Reason.BAD_URI);
    assertRejected("concat:a|b", Reason.BAD_URI);
  }

  @Test
  void revealsNothingOutsideTheRoots() throws Exception {
    Files.createDirectories(folder.resolve("outside/folder"));
    Files.write(folder.resolve("outside/there"), AUDIO);
    Files.createSymbolicLink(root.resolve("away"), folder.resolve("outside"));
    Files.createSymbolicLink(root.resolve("dangling"), folder.resolve("outside/missing"));
    String outside = folder.resolve("outside").toUri().toString();
    for (String name : List.of("there", "missing", "folder", "there/below", "missing/below")) {
      for (String parent : List.of(outside, root.toUri() + "away/", root.toUri() + "../outside/")) {
        assertRejected(parent + name, Reason.SOURCE_NOT_ALLOWED);
        assertThat(rejection(parent + name))
            .hasMessage(
                "The source %s is not below any of the folders given with --allowed-root (symbolic"
                    + " links resolved).",
                parent + name);
      }
    }
    assertRejected(root.toUri() + "dangling", Reason.SOURCE_NOT_ALLOWED);
  }

  @Test
  void aRootMayBeALinkOrMissing() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), root);
    Path unmounted = folder.resolve("unmounted");
    Files.write(root.resolve("song.mp3"), AUDIO);
    Sources sources =
        new Sources(
            new SourceLimits(
                List.of(unmounted, link), List.of(), 100_000, FETCH_TIME, S3Config.none()),
            spool);
    for (Path parent : List.of(link, root)) {
      try (AudioInput input =
          sources.open(new AudioEvent.ByUri(parent.resolve("song.mp3").toUri().toString()))) {
        assertReadable(input.channel());
      }
    }
    assertThatThrownBy(
            () ->
                sources.open(
                    new AudioEvent.ByUri(unmounted.resolve("song.mp3").toUri().toString())))
        .isInstanceOfSatisfying(
            RejectedException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.SOURCE_NOT_FOUND));
  }

  @Test
  void rejectionsContainNoSecrets() {
    for (String uri :
        List.of(
            "http://user:hunter2@127.0.0.1/song",
            "http://user:hun ter2@127.0.0.1/song",
            "http://127.0.0.1:hunter2/song",
            uri("/gone?token=hunter2"),
            uri("/large?token=hunter2"),
            uri("/malformed"),
            uri("/credentials"),
            "http://elsewhere.example/song?token=hunter2",
            "ftp://127.0.0.1/song?token=hunter2",
            "file:///hun\u0007ter2")) {
      StringWriter trace = new StringWriter();
      rejection(uri).printStackTrace(new PrintWriter(trace));
      assertThat(trace.toString()).as(uri).doesNotContain("hun").doesNotContain("ter2");
    }
  }

  @Test
  void rejectsFilesThatAreTooLarge() throws Exception {
    Path file = Files.write(root.resolve("large"), new byte[100_001]);
    assertRejected(file.toUri().toString(), Reason.SOURCE_TOO_LARGE);
  }

  @Test
  void fetchesFromAllowedHosts() throws Exception {
    for (String path : List.of("/song", "/hop")) {
      try (AudioInput input = open(uri(path))) {
        assertReadable(input.channel());
      }
    }
    assertNothingSpooled();
  }

  @Test
  void followsUnencodedLocations() throws Exception {
    try (AudioInput input = open(uri("/old"))) {
      assertReadable(input.channel());
      assertThat(input.fileName()).isEqualTo("a song (1)[ö].mp3");
    }
  }

  @Test
  void passesFileNameAndMediaTypeToTheDecoder() throws Exception {
    Path file = Files.write(root.resolve("data"), AUDIO);
    Files.createSymbolicLink(root.resolve("a song.flac"), file);
    try (AudioInput input = open(root.toUri() + "a%20song.flac")) {
      assertThat(input.fileName()).isEqualTo("a song.flac");
      assertThat(input.mediaType()).isEmpty();
    }
    Map<String, String> types =
        Map.of(
            "audio/MPEG; charset=x", "audio/mpeg",
            "video/mp4", "video/mp4",
            "application/ogg", "application/ogg",
            "application/octet-stream", "",
            "text/html", "");
    for (Map.Entry<String, String> type : types.entrySet()) {
      contentType = type.getKey();
      try (AudioInput input = open(uri("/song?name=x.wav"))) {
        assertThat(input.mediaType()).isEqualTo(type.getValue());
        assertThat(input.fileName()).isEqualTo("song");
      }
    }
  }

  @Test
  void rejectsSourcesThatCannotBeFetched() throws Exception {
    for (String path : List.of("/unchanged", "/choices")) {
      assertRejected(uri(path), Reason.SOURCE_UNREADABLE);
    }
    assertThat(rejection(uri("/unchanged"))).hasMessageContaining("HTTP 304");
    assertThat(rejection(uri("/choices"))).hasMessageContaining("HTTP 300");
    for (String path : List.of("/malformed", "/credentials", "/scheme")) {
      assertRejected(uri(path), Reason.SOURCE_UNREADABLE);
    }
    assertRejected(uri("/gone"), Reason.SOURCE_NOT_FOUND);
    assertRejected(uri("/forbidden"), Reason.SOURCE_UNREADABLE);
    assertRejected(uri("/loop"), Reason.SOURCE_UNREADABLE);
    assertRejected(uri("/away"), Reason.SOURCE_NOT_ALLOWED);
    assertRejected(uri("/large"), Reason.SOURCE_TOO_LARGE);
    assertRejected(
        "http://localhost.evil.example:" + server.getAddress().getPort() + "/song",
        Reason.SOURCE_NOT_ALLOWED);
    assertRejected("http:///song", Reason.SOURCE_NOT_ALLOWED);
    assertNothingSpooled();
  }

  @Test
  void serverErrorsAreRetriedWithinBounds() throws Exception {
    unavailable.set(2);
    try (AudioInput input = open(uri("/flaky"))) {
      assertReadable(input.channel());
    }
    unavailable.set(100);
    assertRejected(uri("/flaky"), Reason.SOURCE_UNREADABLE);
    assertThat(unavailable.get()).isEqualTo(96);
    assertNothingSpooled();
  }

  @Test
  void aServerThatStallsIsATimeout() throws Exception {
    Sources impatient = sources(Duration.ofMillis(500));
    assertThatThrownBy(() -> impatient.open(new AudioEvent.ByUri(uri("/stall"))))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FETCH_TIMEOUT));
    assertNothingSpooled();
  }

  private AudioInput open(String uri) throws RejectedException {
    return sources(FETCH_TIME).open(new AudioEvent.ByUri(uri));
  }

  private Sources sources(Duration fetchTime) {
    List<String> hosts = List.of("127.0.0.1", "localhost:" + server.getAddress().getPort());
    return new Sources(
        new SourceLimits(List.of(root), hosts, 100_000, fetchTime, S3Config.none()), spool);
  }

  private String uri(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private void assertRejected(String uri, Reason reason) {
    assertThat(rejection(uri).reason()).as(uri).isEqualTo(reason);
  }

  private RejectedException rejection(String uri) {
    return catchThrowableOfType(RejectedException.class, () -> open(uri));
  }

  private void assertNothingSpooled() throws IOException {
    try (Stream<Path> left = Files.list(spool)) {
      assertThat(left).isEmpty();
    }
  }

  private static void assertReadable(SeekableByteChannel channel) throws IOException {
    assertThat(channel.size()).isEqualTo(AUDIO.length);
    ByteBuffer bytes = ByteBuffer.allocate(AUDIO.length + 1);
    assertThat(channel.read(bytes)).isEqualTo(AUDIO.length);
    assertThat(channel.read(bytes)).isEqualTo(-1);
    assertThat(channel.position(9).read(bytes)).isEqualTo(1);
    assertThat(bytes.get(AUDIO.length)).isEqualTo(AUDIO[9]);
  }

  private void serve(String path, int status, byte[] body, @Nullable String location) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            if (location != null) {
              exchange.getResponseHeaders().set("Location", location);
            }
            if (!contentType.isEmpty()) {
              exchange.getResponseHeaders().set("Content-Type", contentType);
            }
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
          }
        });
  }
}

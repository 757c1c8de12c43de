package dev.reprise.extractor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.UnreadableException;
import dev.reprise.extractor.event.AudioEvent;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.spool.S3Store;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against S3Proxy, which checks signatures, ranges, {@code If-Match} and versions. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class S3SourceTest {
  private static final int MIB = 1 << 20;
  private static final Duration FETCH_TIME = Duration.ofSeconds(20);
  private static final long MAX_BYTES = 64L * MIB;

  private static S3Server server;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3Server.start();
    server.createBucket("music");
    server.createBucket("private");
    server.createBucket("versions");
    server.keepVersions("versions");
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void setCredentials() {
    setCredentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY);
  }

  @AfterEach
  void removeCredentials() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @Test
  void readsObjectsWhateverTheirKey() throws Exception {
    for (String key : List.of("a.mp3", "b/ä ö+&%20.mp3", "c//d", "e?f#g", "🎵.flac")) {
      byte[] object = random(1000);
      server.put("music", key, object);
      try (AudioInput input = open(new URI("s3", "music", "/" + key, null).toASCIIString())) {
        assertThat(readAll(input.channel())).isEqualTo(object);
        assertThat(input.fileName()).isEqualTo(key.substring(key.lastIndexOf('/') + 1));
      }
    }
  }

  @Test
  void randomSeeksReadTheSameAsTheObject() throws Exception {
    byte[] object = random(27 * MIB + 12_345);
    server.put("music", "large.wav", object);
    Random random = new Random(1);
    try (AudioInput input = open("s3://music/large.wav")) {
      assertThat(input.channel().size()).isEqualTo(object.length);
      for (int i = 0; i < 60; i++) {
        int start = random.nextInt(object.length);
        ByteBuffer target = ByteBuffer.allocate(1 + random.nextInt(3 * MIB));
        input.channel().position(start);
        while (target.hasRemaining() && input.channel().read(target) >= 0) {}
        target.flip();
        int length = Math.min(target.capacity(), object.length - start);
        assertThat(target).isEqualTo(ByteBuffer.wrap(object, start, length));
      }
      assertThat(input.channel().position(object.length).read(ByteBuffer.allocate(1)))
          .isEqualTo(-1);
    }
  }

  @Test
  void anEmptyObjectHasNoBytes() throws Exception {
    server.put("music", "empty.mp3", new byte[0]);
    try (AudioInput input = open("s3://music/empty.mp3")) {
      assertThat(input.channel().size()).isZero();
    }
  }

  @Test
  void readsTheVersionThatTheUriNames() throws Exception {
    String first = server.put("versions", "a.mp3", new byte[] {1});
    String second = server.put("versions", "a.mp3", new byte[] {2});
    assertThat(readAll(open("s3://versions/a.mp3?versionId=" + first).channel()))
        .containsExactly(1);
    assertThat(readAll(open("s3://versions/a.mp3?versionId=" + second).channel()))
        .containsExactly(2);
    assertThat(readAll(open("s3://versions/a.mp3").channel())).containsExactly(2);
    server.delete("versions", "a.mp3");
    assertRejected("s3://versions/a.mp3", Reason.SOURCE_NOT_FOUND, "does not exist");
    assertThat(readAll(open("s3://versions/a.mp3?versionId=" + first).channel()))
        .containsExactly(1);
  }

  @Test
  void anObjectSurvivesTheDeletionOfAnOldVersion() throws Exception {
    String first = server.put("versions", "b.mp3", new byte[] {1});
    String second = server.put("versions", "b.mp3", new byte[] {2});
    server.deleteVersion("versions", "b.mp3", first);
    try (Sources sources = sources(server.config("versions"), FETCH_TIME)) {
      assertThat(sources.survivesDeletion("s3://versions/b.mp3?versionId=" + first)).isTrue();
      server.deleteVersion("versions", "b.mp3", second);
      assertThat(sources.survivesDeletion("s3://versions/b.mp3?versionId=" + second)).isFalse();
      assertThat(sources.survivesDeletion("s3://versions/b.mp3")).isFalse();
      assertThatThrownBy(() -> sources.survivesDeletion("s3://private/b.mp3"))
          .isInstanceOf(RejectedException.class);
    }
  }

  @Test
  void anObjectThatChangesWhileItIsReadIsRejected() throws Exception {
    server.put("music", "changing.wav", random(20 * MIB));
    try (AudioInput input = open("s3://music/changing.wav")) {
      server.put("music", "changing.wav", new byte[20 * MIB]);
      UnreadableException failure =
          catchThrowableOfType(UnreadableException.class, () -> readAll(input.channel()));
      assertThat(failure.rejection().reason()).isEqualTo(Reason.SOURCE_CHANGED);
      assertThat(failure.rejection())
          .hasMessage("The source s3://music/changing.wav changed while it was read.");
    }
  }

  @Test
  void anObjectThatIsDeletedWhileItIsReadIsNotFound() throws Exception {
    server.put("music", "vanishing.wav", random(20 * MIB));
    try (AudioInput input = open("s3://music/vanishing.wav")) {
      server.delete("music", "vanishing.wav");
      UnreadableException failure =
          catchThrowableOfType(UnreadableException.class, () -> readAll(input.channel()));
      assertThat(failure.rejection().reason()).isEqualTo(Reason.SOURCE_NOT_FOUND);
    }
  }

  @Test
  void rejectsWhatIsMissingTooLargeOrNotAllowed() throws Exception {
    server.put("music", "large", random(MIB));
    server.put("private", "a.mp3", "x");
    assertRejected("s3://music/none.mp3", Reason.SOURCE_NOT_FOUND, "does not exist (HTTP 404");
    assertRejected(
        "s3://missing-bucket/a.mp3",
        Reason.SOURCE_NOT_FOUND,
        "The bucket missing-bucket of s3://missing-bucket/a.mp3 does not exist");
    assertRejected("s3://private/a.mp3", Reason.SOURCE_NOT_ALLOWED, "--allowed-bucket");
    assertThat(rejection("s3://music/large", server.config("music/albums/"), FETCH_TIME).reason())
        .isEqualTo(Reason.SOURCE_NOT_ALLOWED);
    assertThat(rejection("s3://music/large", S3Config.none(), FETCH_TIME).reason())
        .isEqualTo(Reason.SOURCE_NOT_ALLOWED);
    try (Sources small =
        new Sources(
            new SourceLimits(List.of(), List.of(), MIB - 1, FETCH_TIME, server.config("music")),
            Path.of("."))) {
      assertThatThrownBy(() -> small.open(byUri("s3://music/large")))
          .hasMessageContaining("--max-source-bytes");
    }
  }

  @Test
  void rejectsUrisOfAnotherForm() {
    for (String uri :
        List.of(
            "s3:music/a.mp3",
            "s3:///a.mp3",
            "s3://music",
            "s3://music/",
            "s3://music:80/a.mp3",
            "s3://music/a.mp3?x=1",
            "s3://music/a.mp3?versionId=1&x=1",
            "s3://music/a.mp3#x",
            "s3://music/albums/../secret.mp3",
            "s3://music/./a.mp3",
            "s3://music/%2e%2e/a.mp3",
            "s3://key:secret@music/a.mp3")) {
      assertThat(rejection(uri).reason()).as(uri).isEqualTo(Reason.BAD_URI);
    }
  }

  @Test
  void wrongCredentialsAreNamedAsSuch() {
    setCredentials("unknown", S3Server.SECRET_KEY);
    assertRejected(
        "s3://music/a.mp3", Reason.SOURCE_UNREADABLE, "refuses the credentials (HTTP 403");
    setCredentials(S3Server.ACCESS_KEY, "wrong");
    assertRejected(
        "s3://music/a.mp3",
        Reason.SOURCE_UNREADABLE,
        "refuses the credentials (HTTP 403, SignatureDoesNotMatch).");
  }

  @Test
  void anonymousRequestsReadOpenBuckets() throws Exception {
    S3Config config = server.config("music");
    S3Config anonymous =
        new S3Config(
            config.allowedBuckets(),
            new S3Store(Optional.of(server.endpoint()), Optional.empty(), true, true));
    server.put("music", "secret.mp3", "x");
    assertThat(rejection("s3://music/secret.mp3", anonymous, FETCH_TIME))
        .hasMessageContaining("HTTP 403, AccessDenied");
    removeCredentials();
    try (S3Server open = S3Server.start(AuthenticationType.NONE)) {
      open.createBucket("music");
      open.put("music", "a.mp3", "x");
      S3Config openConfig =
          new S3Config(
              config.allowedBuckets(),
              new S3Store(Optional.of(open.endpoint()), Optional.empty(), true, true));
      try (Sources sources = sources(openConfig, FETCH_TIME)) {
        sources.check();
        assertThat(readAll(sources.open(byUri("s3://music/a.mp3")).channel())).hasSize(1);
      }
    }
  }

  @Test
  void missingCredentialsAreFoundAtTheStart() throws Exception {
    try (Sources sources = sources(server.config("music"), FETCH_TIME)) {
      sources.check();
    }
    removeCredentials();
    System.setProperty("aws.ec2MetadataServiceDisabled", "true");
    try (Sources sources = sources(server.config("music"), FETCH_TIME);
        Sources none = sources(server.config(), FETCH_TIME)) {
      assertThatThrownBy(sources::check)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("Unable to load credentials");
      none.check();
    } finally {
      System.clearProperty("aws.ec2MetadataServiceDisabled");
    }
  }

  @Test
  void serverErrorsAreRetriedAndSlownessIsBounded() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    CountDownLatch testEnds = new CountDownLatch(1);
    ExecutorService executor = Executors.newCachedThreadPool();
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.setExecutor(executor);
    other.createContext(
        "/music/busy",
        exchange -> {
          requests.incrementAndGet();
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    other.createContext(
        "/music/short",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Range", "bytes 0-9/1000");
          exchange.sendResponseHeaders(206, 10);
          exchange.getResponseBody().write(new byte[10]);
          exchange.close();
        });
    other.createContext(
        "/music/whole",
        exchange -> {
          exchange.sendResponseHeaders(200, 10 * MIB);
          exchange.getResponseBody().write(new byte[10 * MIB]);
          exchange.close();
        });
    other.createContext(
        "/music/drip",
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          try {
            for (int i = 0; i < 1000 && !testEnds.await(50, TimeUnit.MILLISECONDS); i++) {
              exchange.getResponseBody().write(1);
              exchange.getResponseBody().flush();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    other.createContext(
        "/music/stall",
        exchange -> {
          exchange.sendResponseHeaders(200, 10);
          exchange.getResponseBody().write(1);
          exchange.getResponseBody().flush();
          try {
            testEnds.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    other.start();
    try {
      S3Config config =
          new S3Config(
              List.of(AllowedBucket.parse("music")),
              new S3Store(
                  Optional.of(URI.create("http://127.0.0.1:" + other.getAddress().getPort())),
                  Optional.empty(),
                  true,
                  false));
      RejectedException busy = rejection("s3://music/busy", config, FETCH_TIME);
      assertThat(busy.reason()).isEqualTo(Reason.SOURCE_UNREADABLE);
      assertThat(busy).hasMessageContaining("the object store failed (HTTP 503");
      assertThat(requests).hasValue(4);
      assertThat(rejection("s3://music/short", config, FETCH_TIME))
          .hasMessageContaining("The response is incomplete.");
      try (Sources sources = sources(config, FETCH_TIME);
          AudioInput whole = sources.open(byUri("s3://music/whole"))) {
        assertThat(whole.channel().size()).isEqualTo(10 * MIB);
        assertThatThrownBy(() -> readAll(whole.channel()))
            .hasMessageContaining("The object store does not support ranges.");
      }
      for (String slow : List.of("s3://music/stall", "s3://music/drip")) {
        long start = System.nanoTime();
        RejectedException late = rejection(slow, config, Duration.ofSeconds(1));
        assertThat(late.reason()).isEqualTo(Reason.FETCH_TIMEOUT);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      }
    } finally {
      testEnds.countDown();
      other.stop(0);
      executor.shutdownNow();
    }
  }

  /** A store that ignores the range sends a terabyte, of which the first range is read. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theRestOfABodyIsNotRead(boolean chunked) throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch connectionClosed = new CountDownLatch(1);
    ExecutorService executor = Executors.newCachedThreadPool();
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.setExecutor(executor);
    other.createContext(
        "/music/endless",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Range", "bytes 0-1/" + MAX_BYTES);
          exchange.sendResponseHeaders(206, chunked ? 0 : 1L << 40);
          byte[] mebibyte = new byte[MIB];
          try (OutputStream body = exchange.getResponseBody()) {
            while (sent.get() < 1L << 40) {
              body.write(mebibyte);
              sent.addAndGet(MIB);
            }
          } finally {
            connectionClosed.countDown();
          }
        });
    other.start();
    S3Config config =
        new S3Config(
            List.of(AllowedBucket.parse("music")),
            new S3Store(
                Optional.of(URI.create("http://127.0.0.1:" + other.getAddress().getPort())),
                Optional.empty(),
                true,
                false));
    try (Sources sources = sources(config, FETCH_TIME);
        AudioInput endless = sources.open(byUri("s3://music/endless"))) {
      assertThat(endless.channel().size()).isEqualTo(MAX_BYTES);
      assertThat(connectionClosed.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(sent).hasValueLessThan(32L * MIB);
    } finally {
      other.stop(0);
      executor.shutdownNow();
    }
  }

  private AudioInput open(String uri) throws RejectedException {
    return sources(server.config("music", "missing-bucket", "versions"), FETCH_TIME)
        .open(byUri(uri));
  }

  private static AudioEvent.ByUri byUri(String uri) {
    return new AudioEvent.ByUri(uri);
  }

  private static Sources sources(S3Config config, Duration fetchTime) {
    return new Sources(
        new SourceLimits(List.of(), List.of(), MAX_BYTES, fetchTime, config), Path.of("."));
  }

  private RejectedException rejection(String uri) {
    return catchThrowableOfType(RejectedException.class, () -> open(uri));
  }

  private static RejectedException rejection(String uri, S3Config config, Duration fetchTime) {
    try (Sources sources = sources(config, fetchTime)) {
      return catchThrowableOfType(RejectedException.class, () -> sources.open(byUri(uri)));
    }
  }

  private void assertRejected(String uri, Reason reason, String message) {
    RejectedException rejection = rejection(uri);
    assertThat(rejection).hasMessageContaining(message).hasMessageEndingWith(".");
    assertThat(rejection.reason()).isEqualTo(reason);
  }

  private static void setCredentials(String accessKey, String secretKey) {
    System.setProperty("aws.accessKeyId", accessKey);
    System.setProperty("aws.secretAccessKey", secretKey);
  }

  private static byte[] readAll(SeekableByteChannel channel) throws IOException {
    ByteBuffer target = ByteBuffer.allocate((int) channel.size());
    while (target.hasRemaining() && channel.read(target) >= 0) {}
    return target.array();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}

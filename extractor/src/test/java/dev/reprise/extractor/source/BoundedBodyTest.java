package dev.reprise.extractor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedBodyTest {
  private static final Path FULL = Path.of("/dev/full");

  private Path file;

  @BeforeEach
  void create(@TempDir Path folder) throws IOException {
    file = Files.createFile(folder.resolve("spooled"));
  }

  private static void assertFailsWith(Class<? extends Throwable> kind, BoundedBody body) {
    assertThatThrownBy(() -> body.getBody().toCompletableFuture().get()).hasCauseInstanceOf(kind);
  }

  private static BoundedBody subscribed(Path target, long maxBytes) {
    BoundedBody body = new BoundedBody(target, maxBytes);
    body.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        });
    return body;
  }

  @Test
  void writesTheBody() throws Exception {
    BoundedBody body = subscribed(file, 4);
    body.onNext(List.of(ByteBuffer.wrap(new byte[] {1, 2}), ByteBuffer.wrap(new byte[] {3, 4})));
    body.onComplete();
    assertThat(body.getBody().toCompletableFuture().get()).isEqualTo(file);
    assertThat(file).hasBinaryContent(new byte[] {1, 2, 3, 4});
  }

  @Test
  void failsBeyondTheBound() {
    BoundedBody body = subscribed(file, 3);
    body.onNext(List.of(ByteBuffer.allocate(4)));
    assertFailsWith(BoundedBody.TooLargeException.class, body);
  }

  @Test
  void networkFailuresPassThrough() {
    BoundedBody body = subscribed(file, 3);
    body.onError(new ConnectException("refused"));
    assertFailsWith(ConnectException.class, body);
  }

  @Test
  void aFullDiskIsUnchecked() {
    Assumptions.assumeTrue(Files.exists(FULL), "Linux has a device that is always full");
    BoundedBody body = subscribed(FULL, 100);
    body.onNext(List.of(ByteBuffer.allocate(4)));
    assertFailsWith(UncheckedIOException.class, body);
  }
}

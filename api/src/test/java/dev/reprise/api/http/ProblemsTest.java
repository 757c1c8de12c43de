package dev.reprise.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.RawResponse;
import io.javalin.Javalin;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class ProblemsTest {
  @Test
  void tooLargeRecordsAreNotRetryable() throws IOException {
    RawResponse response = responseTo(new RecordTooLargeException("The message is 17 bytes."));
    assertThat(response.status()).isEqualTo(413);
    assertThat(response.header("Retry-After")).isEmpty();
    assertThat(response.json().get("detail").getAsString())
        .isEqualTo(
            "The Kafka cluster does not accept events as large as this one; submit the file by its URI.");
  }

  @Test
  void kafkaTimeoutsAreRetryable() throws IOException {
    RawResponse response = responseTo(new TimeoutException("Expired."));
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("Retry-After")).contains("1");
  }

  private static RawResponse responseTo(KafkaException failure) throws IOException {
    Javalin server =
        Javalin.create(
            javalin -> {
              javalin.startup.showJavalinBanner = false;
              javalin.routes.get(
                  "/", ctx -> ctx.future(() -> CompletableFuture.failedFuture(failure)));
              Problems.handle(javalin.routes);
            });
    try {
      return RawResponse.get(server.start("127.0.0.1", 0).port(), "/");
    } finally {
      server.stop();
    }
  }
}

package dev.reprise.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Json;
import dev.reprise.contract.v1.ModelReference;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class ReferencePublisherTest {
  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(
          false, new RoundRobinPartitioner(), new StringSerializer(), new ByteArraySerializer());
  private final ReferencePublisher publisher = new ReferencePublisher("references", producer);

  private static ModelReference reference(String model, String sha256) {
    return ModelReference.newBuilder().setModel(model).setSha256(sha256).build();
  }

  private List<String> sent() {
    return producer.history().stream()
        .map(
            record -> {
              ModelReference.Builder reference = ModelReference.newBuilder();
              try {
                Json.parse(record.value(), reference);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
              return record.key() + " " + reference.getSha256();
            })
        .toList();
  }

  @Test
  void sendsEachModelOnce() {
    for (int i = 0; i < 2; i++) {
      publisher.publish(reference("cnn@1.0.0", "a"));
      publisher.publish(reference("cnn@2.0.0", "b"));
    }
    assertThat(sent()).containsExactly("cnn@1.0.0 a", "cnn@2.0.0 b");
  }

  /** The file of a version was replaced, then restored. */
  @Test
  void theReferenceOfARestoredFileIsSentAgain() {
    for (String sha256 : List.of("a", "b", "a")) {
      publisher.publish(reference("cnn@1.0.0", sha256));
    }
    assertThat(sent()).containsExactly("cnn@1.0.0 a", "cnn@1.0.0 b", "cnn@1.0.0 a");
  }

  @Test
  void retriesWhatFailed() {
    publisher.publish(reference("cnn@1.0.0", "a"));
    producer.errorNext(new TimeoutException("no broker"));
    publisher.publish(reference("cnn@1.0.0", "a"));
    producer.completeNext();
    publisher.publish(reference("cnn@1.0.0", "a"));
    assertThat(sent()).containsExactly("cnn@1.0.0 a", "cnn@1.0.0 a");
  }

  @Test
  void anExceptionOfTheProducerIsNotPropagated() {
    producer.sendException = new TimeoutException("no metadata");
    publisher.publish(reference("cnn@1.0.0", "a"));
    producer.sendException = null;
    publisher.publish(reference("cnn@1.0.0", "a"));
    assertThat(sent()).containsExactly("cnn@1.0.0 a");
  }
}

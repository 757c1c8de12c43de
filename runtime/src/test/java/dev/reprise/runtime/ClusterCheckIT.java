package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class ClusterCheckIT {
  @Test
  void reportsEveryMissingTopic() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start();
        ClusterCheck cluster = ClusterCheck.connect(settings(broker.bootstrapServers()))) {
      cluster.admin().createTopics(List.of(new NewTopic("existing", 1, (short) 1))).all().get();
      cluster.requireTopics(List.of("existing"));
      assertThatThrownBy(() -> cluster.requireTopics(List.of("existing", "a", "b")))
          .isInstanceOfSatisfying(
              ConfigurationException.class, e -> assertThat(e.errors()).hasSize(2))
          .hasMessageContaining("Topic a does not exist at " + broker.bootstrapServers())
          .hasMessageContaining("reprise topics create");
    }
  }

  @Test
  void readsSettingsOfTopics() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start();
        ClusterCheck cluster = ClusterCheck.connect(settings(broker.bootstrapServers()))) {
      cluster
          .admin()
          .createTopics(
              List.of(
                  new NewTopic("day", 1, (short) 1)
                      .configs(Map.of("retention.ms", "86400000", "max.message.bytes", "1000")),
                  new NewTopic("forever", 1, (short) 1).configs(Map.of("retention.ms", "-1"))))
          .all()
          .get();
      assertThat(cluster.retention("day")).contains(Duration.ofDays(1));
      assertThat(cluster.maxMessageBytes("day")).hasValue(1000);
      assertThat(cluster.retention("forever")).contains(Duration.ofMillis(Long.MAX_VALUE));
      assertThat(cluster.retention("missing")).isEmpty();
    }
  }

  @Test
  void reportsAnUnreachableCluster() throws Exception {
    String address;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + socket.getLocalPort();
    }
    assertThatThrownBy(() -> ClusterCheck.connect(settings(address)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("No Kafka broker is reachable at " + address);
  }

  @Test
  void reportsAnInvalidSetting() {
    KafkaSettings settings =
        new KafkaSettings(
            Map.of("bootstrap.servers", "127.0.0.1:9", "security.protocol", "SAFE"),
            Topics.defaults());
    assertThatThrownBy(() -> ClusterCheck.connect(settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("security.protocol");
  }

  private static KafkaSettings settings(String bootstrapServers) {
    return new KafkaSettings(Map.of("bootstrap.servers", bootstrapServers), Topics.defaults());
  }
}

package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamsPropertiesTest {
  /**
   * Kafka Streams numbers the threads, and each application of a process has a group of its own.
   */
  @Test
  void threadsAreStaticMembersWithIdsOfTheirOwn() {
    Properties properties = properties(Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "pod-0"));
    StreamsConfig config = new StreamsConfig(properties);
    assertThat(instanceId(config, 1)).isEqualTo("pod-0-1");
    assertThat(instanceId(config, 2)).isEqualTo("pod-0-2");
    assertThat(config.getRestoreConsumerConfigs("client"))
        .doesNotContainKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    assertThat(config.getGlobalConsumerConfigs("client"))
        .doesNotContainKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    assertThat(StreamsProperties.membershipOnClose(properties))
        .isEqualTo(GroupMembershipOperation.REMAIN_IN_GROUP);
  }

  @Test
  void dynamicMembersLeaveTheGroupWhenTheyClose() {
    assertThat(StreamsProperties.membershipOnClose(properties(Map.of())))
        .isEqualTo(GroupMembershipOperation.LEAVE_GROUP);
  }

  private static @Nullable Object instanceId(StreamsConfig config, int thread) {
    return config
        .getMainConsumerConfigs("group", "client", thread)
        .get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
  }

  private static Properties properties(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("bootstrap.servers", "127.0.0.1:9");
    return StreamsProperties.exactlyOnce(
        new KafkaSettings(all, Topics.defaults()),
        "group",
        2,
        Path.of("state"),
        Duration.ofMinutes(5),
        1 << 20);
  }
}

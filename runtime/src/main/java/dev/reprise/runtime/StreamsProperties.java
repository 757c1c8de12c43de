package dev.reprise.runtime;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Builds the Kafka Streams settings that all services share. The user's client settings override
 * the defaults, but not the processing guarantee or the other settings applied after them.
 */
public final class StreamsProperties {
  /** Time after which the partitions of a dead instance are reassigned. */
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  /**
   * How often a new instance's replicas are checked, after which it takes over the partitions whose
   * state it has. Kafka's minimum; its default is ten minutes.
   */
  private static final Duration PROBING_INTERVAL = Duration.ofMinutes(1);

  /** Partitions whose state is copied to new instances at a time; Kafka's default is 2. */
  private static final int WARMUP_REPLICAS = 12;

  private StreamsProperties() {}

  /**
   * Returns the properties of an application with exactly-once processing.
   *
   * @param maxPollInterval maximum time between two polls
   * @param maxRequestBytes maximum size of a record that the service writes
   */
  public static Properties exactlyOnce(
      KafkaSettings kafka,
      String applicationId,
      int threads,
      Path stateDirectory,
      Duration maxPollInterval,
      int maxRequestBytes) {
    Map<String, Object> defaults = new HashMap<>();
    defaults.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    defaults.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
    defaults.put(
        StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, BoundedTimestamp.class.getName());
    defaults.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbMemory.class.getName());
    defaults.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, PROBING_INTERVAL.toMillis());
    defaults.put(StreamsConfig.MAX_WARMUP_REPLICAS_CONFIG, WARMUP_REPLICAS);
    defaults.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, millis(SESSION_TIMEOUT));
    defaults.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, millis(SESSION_TIMEOUT) / 3);
    defaults.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRequestBytes);
    defaults.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    // The future default; Kafka Streams logs a warning at every start while it is not set.
    defaults.put("processing.exception.handler.global.enabled", true);
    Properties properties = new Properties();
    kafka.overriding(defaults).forEach((name, value) -> properties.put(name, value.toString()));
    // Not overridable: these follow from options, and no record may be skipped.
    properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, millis(maxPollInterval));
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return properties;
  }

  /**
   * Returns what a client does about its consumer group when it is closed. A dynamic member leaves,
   * so that its partitions are reassigned at once instead of after its session timeout. A static
   * member, which has a {@code group.instance.id}, stays: its partitions wait for its return.
   */
  static GroupMembershipOperation membershipOnClose(Properties properties) {
    boolean isStatic =
        new StreamsConfig(properties)
            .getMainConsumerConfigs("group", "client", 1)
            .containsKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    return isStatic
        ? GroupMembershipOperation.REMAIN_IN_GROUP
        : GroupMembershipOperation.LEAVE_GROUP;
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }
}

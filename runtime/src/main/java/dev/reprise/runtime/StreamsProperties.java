package dev.reprise.runtime;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The Kafka Streams settings that all services share; the user's client settings override all but
 * the guarantee.
 */
public final class StreamsProperties {
  /** A dead instance's work is taken over after this. */
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  private StreamsProperties() {}

  /**
   * @param maxPollInterval longest time between two polls
   * @param maxRequestBytes largest record that the service writes
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
    defaults.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, millis(SESSION_TIMEOUT));
    defaults.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, millis(SESSION_TIMEOUT) / 3);
    defaults.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRequestBytes);
    defaults.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    // The default to come; as long as it is not set, Kafka Streams warns of it at every start.
    defaults.put("processing.exception.handler.global.enabled", true);
    Properties properties = new Properties();
    kafka.over(defaults).forEach((name, value) -> properties.put(name, value.toString()));
    // Not the user's to override: it follows from options, and nothing may be passed over.
    properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, millis(maxPollInterval));
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return properties;
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }
}

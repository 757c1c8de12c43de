package dev.reprise.extractor;

import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Configuration of the extractor.
 *
 * @param applicationId Kafka Streams' application id, which is also the consumer group
 * @param threads stream threads; each decodes one file at a time
 * @param objectTrackIds derives track ids for events that are notifications of buckets
 * @param dataDirectory spooled files and Kafka Streams' state; one per instance
 * @param endpoints metrics and health
 */
public record ExtractorConfig(
    KafkaSettings kafka,
    String applicationId,
    int threads,
    Path dataDirectory,
    SourceLimits sources,
    ObjectTrackIdRule objectTrackIds,
    DecoderConfig decoder,
    EndpointsConfig endpoints) {

  private static final Duration KAFKA_DEFAULT = Duration.ofMinutes(5);
  private static final Duration MARGIN = Duration.ofMinutes(1);

  /**
   * Returns an interval longer than the longest event, so that a slow file never costs the consumer
   * its membership in the group.
   */
  Duration maxPollInterval() {
    Duration longest = sources.maxFetchTime().plus(decoder.limits().maxDecodeTime()).plus(MARGIN);
    return longest.compareTo(KAFKA_DEFAULT) > 0 ? longest : KAFKA_DEFAULT;
  }
}

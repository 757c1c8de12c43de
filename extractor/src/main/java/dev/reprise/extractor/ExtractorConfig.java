package dev.reprise.extractor;

import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Configuration of the extractor.
 *
 * @param applicationId Kafka Streams' application id, which is also the consumer group
 * @param threads stream threads; each decodes one file at a time
 * @param objectTrackIds derives track ids for events that are notifications of buckets
 * @param dataDirectory spooled files and Kafka Streams' state; one per instance
 * @param spool of the API's uploads; empty if there are none
 * @param spoolRetention how long an upload is kept that is not extracted, or whose event failed
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
    Optional<SpoolConfig> spool,
    Duration spoolRetention,
    EndpointsConfig endpoints) {
  public static final Duration DEFAULT_SPOOL_RETENTION = Duration.ofDays(7);

  private static final Duration KAFKA_DEFAULT = Duration.ofMinutes(5);
  private static final Duration MARGIN = Duration.ofMinutes(1);

  /** Returns the heap that reading one source takes at most, in bytes. */
  long sourceHeapBytes() {
    boolean inBucket = spool.isPresent() && spool.get().location() instanceof SpoolLocation.Bucket;
    return inBucket ? SourceLimits.OBJECT_HEAP_BYTES : sources.heapBytes();
  }

  /**
   * Returns an interval longer than the longest event, so that a slow file never costs the consumer
   * its membership in the group.
   */
  Duration maxPollInterval() {
    Duration longest = sources.maxFetchTime().plus(decoder.limits().maxDecodeTime()).plus(MARGIN);
    return longest.compareTo(KAFKA_DEFAULT) > 0 ? longest : KAFKA_DEFAULT;
  }

  /**
   * Returns a warning if uploads are deleted while their events may still be read.
   *
   * @param topicRetention how long the topic of audio events keeps them
   */
  Optional<String> spoolRetentionWarning(Duration topicRetention) {
    return spool.isPresent() && spoolRetention.compareTo(topicRetention) < 0
        ? Optional.of(
            ("--spool-retention is shorter than the retention of the topic %s: an upload that waits"
                    + " longer for its extraction is deleted unread.")
                .formatted(kafka.topics().audioFiles()))
        : Optional.empty();
  }
}

package dev.reprise.inference.scoring;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Role;
import dev.reprise.contract.Stage;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.inference.serving.Models;
import dev.reprise.runtime.DeadLetters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * One role's path through the topology, from the clip to the track's prediction: the names of its
 * nodes and store, and the state that its processors share.
 *
 * @param models of the role
 * @param polled the clips that were scored when they were polled
 * @param prefix of the names of its nodes and its store
 * @param clipPredictionsSink the sink of its clip predictions, if they are published
 * @param rejections handles records that cannot be scored
 * @param latency from an audio event's timestamp to its track's prediction
 */
public record ScoringPath(
    Models models,
    PolledClips polled,
    String prefix,
    Optional<String> clipPredictionsSink,
    RejectionHandler rejections,
    Timer latency) {
  public static final String CLIP_PREDICTIONS = "clip-predictions";
  public static final String DEAD_LETTERS = "dead-letters";

  public static ScoringPath serving(Models models, MeterRegistry registry) {
    DeadLetters deadLetters = new DeadLetters(registry, Set.of(Stage.SCORE));
    return new ScoringPath(
        models,
        new PolledClips(models),
        "",
        Optional.of(CLIP_PREDICTIONS),
        (record, source, why) -> Optional.of(deadLetters.of(record, source, why)),
        latency(registry, Role.SERVING));
  }

  public static ScoringPath shadow(Models models, MeterRegistry registry) {
    return new ScoringPath(
        models,
        new PolledClips(models),
        "shadow-",
        Optional.empty(),
        new ShadowRejections(registry),
        latency(registry, Role.SHADOW));
  }

  private static Timer latency(MeterRegistry registry, Role role) {
    return Timer.builder("reprise.pipeline.latency")
        .description("Time from an audio event's timestamp to its track's prediction")
        .tag("role", role.label())
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(10))
        .maximumExpectedValue(Duration.ofMinutes(10))
        .register(registry);
  }

  /** Scores the clips of a poll; see {@link PolledClips}. */
  public void polled(ConsumerRecords<byte[], byte[]> records, Set<TopicPartition> assigned) {
    polled.polled(records, assigned);
  }

  public String scoreNode() {
    return prefix + "score";
  }

  public String trackNode() {
    return prefix + "track";
  }

  public String predictionsSink() {
    return prefix + "predictions";
  }

  /** Returns the name of the store of tracks whose extraction is in progress. */
  public String store() {
    return prefix + "tracks";
  }

  /**
   * Returns the key of an extraction in {@link #store}. It contains the event's time, because
   * offsets, and so ids, repeat when a topic is recreated.
   */
  public static String stateKey(Extraction extraction) {
    return extraction.getId() + "@" + Timestamps.toString(extraction.getEventTime());
  }

  /** Returns the key of a track's withdrawal in {@link #store}; no extraction has the same. */
  public static String withdrawalKey(String trackId) {
    return "@" + trackId;
  }
}

package dev.reprise.inference.topology;

import dev.reprise.contract.Stage;
import dev.reprise.inference.model.Role;
import dev.reprise.inference.serving.Models;
import dev.reprise.runtime.DeadLetters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The way of one role's scores through the topology, from the clip to the track's prediction.
 *
 * @param models that score
 * @param prefix of the names of its nodes and its store
 * @param clipPredictions the sink for its clips, if they go out
 * @param rejections what becomes of what it cannot score
 * @param latency from an audio event's timestamp to its track's prediction
 */
record Lane(
    Models models,
    String prefix,
    Optional<String> clipPredictions,
    Rejections rejections,
    Timer latency) {

  static Lane serving(Models models, MeterRegistry registry) {
    DeadLetters deadLetters = new DeadLetters(registry, Set.of(Stage.SCORE));
    return new Lane(
        models,
        "",
        Optional.of(InferenceTopology.CLIP_PREDICTIONS),
        (record, source, why) -> Optional.of(deadLetters.of(record, source, why)),
        latency(registry, Role.SERVING));
  }

  static Lane shadow(Models models, MeterRegistry registry) {
    return new Lane(
        models,
        "shadow-",
        Optional.empty(),
        new ShadowFailures(registry),
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

  String scoreNode() {
    return prefix + "score";
  }

  String trackNode() {
    return prefix + "track";
  }

  String predictionsSink() {
    return prefix + "predictions";
  }

  /** The store of the tracks whose clips are still coming in. */
  String store() {
    return prefix + "tracks";
  }
}

package dev.reprise.inference.topology;

import dev.reprise.contract.Topics;
import dev.reprise.inference.batch.BatchMeters;
import dev.reprise.inference.batch.DynamicBatcher;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.Scorer;
import dev.reprise.inference.v1.TrackState;
import dev.reprise.runtime.DeadLetters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * The inference service's topology: mfcc in; clip-predictions, predictions and dead-letters out.
 */
public final class InferenceTopology {
  static final String CLIP_PREDICTIONS = "clip-predictions";
  static final String TRACK = "track";
  static final String DEAD_LETTERS = "dead-letters";

  private InferenceTopology() {}

  public static Topology create(
      Topics topics,
      Scorer scorer,
      ModelMetadata metadata,
      ExecutionProvider provider,
      Duration maxQueueDelay,
      MeterRegistry registry) {
    DynamicBatcher batcher = new DynamicBatcher(scorer, maxQueueDelay, new BatchMeters(registry));
    Predictions predictions = new Predictions(metadata, provider);
    DeadLetters deadLetters = new DeadLetters(registry);
    Timer latency = latency(registry);
    var bytes = Serdes.ByteArray();
    var in = bytes.deserializer();
    var out = bytes.serializer();
    return new Topology()
        .addSource("mfcc", in, in, topics.mfcc())
        .addProcessor("score", () -> new ScoreProcessor(batcher, predictions, deadLetters), "mfcc")
        .addSink(CLIP_PREDICTIONS, topics.clipPredictions(), out, out, "score")
        .addSink(DEAD_LETTERS, topics.deadLetters(), out, out, "score")
        .addProcessor(
            TRACK,
            () -> new TrackProcessor(predictions, metadata.genres().size(), latency),
            "score")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(TrackProcessor.STORE),
                Serdes.String(),
                new ProtobufSerde<>(TrackState.parser())),
            TRACK)
        .addSink("predictions", topics.predictions(), out, out, TRACK);
  }

  private static Timer latency(MeterRegistry registry) {
    return Timer.builder("reprise.pipeline.latency")
        .description("Time from an audio event's timestamp to its track's prediction")
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(10))
        .maximumExpectedValue(Duration.ofMinutes(10))
        .register(registry);
  }
}

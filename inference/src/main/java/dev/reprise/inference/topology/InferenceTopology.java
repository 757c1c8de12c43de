package dev.reprise.inference.topology;

import com.google.protobuf.Message;
import dev.reprise.contract.Json;
import dev.reprise.contract.Stage;
import dev.reprise.contract.Topics;
import dev.reprise.inference.batch.BatchMeters;
import dev.reprise.inference.batch.DynamicBatcher;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.Scorer;
import dev.reprise.inference.v1.TrackState;
import dev.reprise.runtime.CarriedHeaders;
import dev.reprise.runtime.DeadLetters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;

/**
 * The inference service's topology: mfcc in; clip-predictions, predictions and dead-letters out.
 */
public final class InferenceTopology {
  static final String CLIP_PREDICTIONS = "clip-predictions";
  static final String TRACK = "track";
  static final String PREDICTIONS = "predictions";
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
    DeadLetters deadLetters = new DeadLetters(registry, Set.of(Stage.SCORE));
    Timer latency = latency(registry);
    var bytes = Serdes.ByteArray();
    var in = bytes.deserializer();
    var out = bytes.serializer();
    return new Topology()
        .addSource("mfcc", in, in, topics.mfcc())
        .addProcessor("score", () -> new ScoreProcessor(batcher, predictions, deadLetters), "mfcc")
        .addSink(CLIP_PREDICTIONS, topics.clipPredictions(), out, out, "score")
        .addProcessor(
            TRACK,
            () -> new TrackProcessor(predictions, metadata.genres().size(), deadLetters, latency),
            "score")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(TrackProcessor.STORE),
                Serdes.String(),
                new ProtobufSerde<>(TrackState.parser())),
            TRACK)
        .addSink(PREDICTIONS, topics.predictions(), out, out, TRACK)
        .addSink(DEAD_LETTERS, topics.deadLetters(), out, out, "score", TRACK);
  }

  /** The message as JSON, under the headers of the record that it comes from. */
  static Record<byte[], byte[]> json(Record<byte[], ?> from, Message message) {
    Headers headers = CarriedHeaders.of(from.headers()).orElse(new RecordHeaders());
    headers.add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
    return from.withValue(Json.bytes(message)).withHeaders(headers);
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

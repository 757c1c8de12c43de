package dev.reprise.inference.evaluation;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.reprise.contract.Stage;
import dev.reprise.contract.Topics;
import dev.reprise.inference.model.Role;
import dev.reprise.inference.v1.Change;
import dev.reprise.inference.v1.EvaluatedTrack;
import dev.reprise.inference.v1.TrackEvent;
import dev.reprise.inference.v1.WindowState;
import dev.reprise.runtime.DeadLetters;
import dev.reprise.runtime.ProtobufSerde;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The evaluation's topology: predictions of both roles and truth in; quality, quality-windows,
 * drift and dead-letters out.
 *
 * <p>Records are gathered by track, whatever partitions their producers chose; what a track changes
 * is gathered by series, which is one feature or input of one model in one role.
 */
public final class EvaluationTopology {
  private static final Serde<byte[]> BYTES = Serdes.ByteArray();

  private EvaluationTopology() {}

  public static Topology create(Topics topics, EvaluationConfig config, MeterRegistry registry) {
    DeadLetters deadLetters = new DeadLetters(registry, Set.of(Stage.EVALUATE));
    TruthMeters truthMeters = new TruthMeters(registry);
    EvaluationMeters meters = new EvaluationMeters(registry);
    Counter refused =
        Counter.builder("reprise.evaluation.refused")
            .description("Corrections of windows that are too old")
            .register(registry);
    StreamsBuilder builder = new StreamsBuilder();
    builder.globalTable(
        topics.modelReferences(),
        Consumed.with(Serdes.String(), BYTES),
        Materialized.as(ModelReferences.STORE));

    KStream<byte[], Object> read =
        source(builder, topics.predictions(), "predictions")
            .process(
                () ->
                    new ReadProcessor(
                        new PredictionReader(Role.SERVING, config.window()),
                        deadLetters,
                        topics.deadLetters(),
                        () -> {}),
                Named.as("read-predictions"))
            .merge(
                source(builder, topics.shadowPredictions(), "shadow-predictions")
                    .process(
                        () ->
                            new ReadProcessor(
                                new PredictionReader(Role.SHADOW, config.window()),
                                deadLetters,
                                topics.deadLetters(),
                                () -> {}),
                        Named.as("read-shadow-predictions")),
                Named.as("all-predictions"))
            .merge(
                source(builder, topics.truth(), "truth")
                    .process(
                        () ->
                            new ReadProcessor(
                                new TruthReader(registry),
                                deadLetters,
                                topics.deadLetters(),
                                truthMeters::rejected),
                        Named.as("read-truth")),
                Named.as("all-track-events"));

    KStream<byte[], Object> paired =
        only(TrackEvent.class, read, "track-events")
            .repartition(Repartitioned.with(BYTES, serde(TrackEvent.parser())).withName("by-track"))
            .process(
                () -> new PairProcessor(topics.quality(), truthMeters),
                Named.as("pair"),
                PairProcessor.STORE);
    KStream<byte[], Outgoing> figures =
        only(Change.class, paired, "changes")
            .repartition(Repartitioned.with(BYTES, serde(Change.parser())).withName("by-series"))
            .process(
                () -> new WindowProcessor(config, topics, meters, refused),
                Named.as("sum-windows"),
                WindowProcessor.STORE,
                WindowProcessor.UNSENT_STORE);

    send(only(Outgoing.class, read, "rejected"), "dead-letters");
    send(only(Outgoing.class, paired, "track-qualities"), "quality");
    send(figures, "figures");

    builder.addStateStore(store(PairProcessor.STORE, BYTES, serde(EvaluatedTrack.parser())));
    builder.addStateStore(
        store(WindowProcessor.STORE, Serdes.String(), serde(WindowState.parser())));
    builder.addStateStore(store(WindowProcessor.UNSENT_STORE, Serdes.String(), BYTES));
    return builder.build();
  }

  private static KStream<byte[], byte[]> source(StreamsBuilder builder, String topic, String name) {
    return builder.stream(topic, Consumed.with(BYTES, BYTES).withName(name));
  }

  /** Those of the values that are of one kind. */
  private static <T> KStream<byte[], T> only(
      Class<T> kind, KStream<byte[], Object> stream, String name) {
    return stream
        .filter((key, value) -> kind.isInstance(value), Named.as("only-" + name))
        .mapValues(kind::cast, Named.as(name));
  }

  private static void send(KStream<byte[], Outgoing> stream, String name) {
    stream.to(
        (key, value, context) -> value.topic(),
        Produced.with(BYTES, Outgoing.SERDE).withName(name));
  }

  private static <T extends MessageLite> Serde<T> serde(Parser<T> parser) {
    return new ProtobufSerde<>(parser);
  }

  /** Cached, because one commit's worth of tracks changes the same sums again and again. */
  private static <K, V> StoreBuilder<?> store(String name, Serde<K> keys, Serde<V> values) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), keys, values)
        .withCachingEnabled();
  }
}

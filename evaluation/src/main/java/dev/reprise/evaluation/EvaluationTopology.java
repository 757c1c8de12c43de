package dev.reprise.evaluation;

import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.reprise.contract.Json;
import dev.reprise.contract.Role;
import dev.reprise.contract.Stage;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Drift;
import dev.reprise.contract.v1.QualityWindow;
import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.evaluation.pairing.Letter;
import dev.reprise.evaluation.pairing.PairProcessor;
import dev.reprise.evaluation.pairing.PredictionReader;
import dev.reprise.evaluation.pairing.TrackEventProcessor;
import dev.reprise.evaluation.pairing.TrackEventReader;
import dev.reprise.evaluation.pairing.TruthMeters;
import dev.reprise.evaluation.pairing.TruthReader;
import dev.reprise.evaluation.v1.Change;
import dev.reprise.evaluation.v1.EvaluatedTrack;
import dev.reprise.evaluation.v1.TrackEvent;
import dev.reprise.evaluation.v1.WindowState;
import dev.reprise.evaluation.windows.EvaluationMeters;
import dev.reprise.evaluation.windows.ModelReferences;
import dev.reprise.evaluation.windows.WindowConfig;
import dev.reprise.evaluation.windows.WindowProcessor;
import dev.reprise.runtime.DeadLetters;
import dev.reprise.runtime.ProtobufSerde;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
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
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
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
  private static final Serde<String> STRING = Serdes.String();

  private EvaluationTopology() {}

  public static Topology create(Topics topics, WindowConfig config, MeterRegistry registry) {
    TruthMeters truthMeters = new TruthMeters(registry);
    DeadLetters deadLetters = new DeadLetters(registry, Set.of(Stage.EVALUATE));
    Function<TrackEventReader, ProcessorSupplier<byte[], byte[], byte[], Object>> reading =
        reader -> () -> new TrackEventProcessor(reader, deadLetters);
    StreamsBuilder builder = new StreamsBuilder();
    builder
        .addStateStore(store(PairProcessor.STORE, BYTES, serde(EvaluatedTrack.parser())))
        .addStateStore(store(WindowProcessor.STORE, STRING, serde(WindowState.parser())))
        .addStateStore(store(WindowProcessor.UNSENT_STORE, STRING, BYTES))
        .globalTable(
            topics.modelReferences(),
            Consumed.with(STRING, BYTES),
            Materialized.as(ModelReferences.STORE));

    KStream<byte[], Object> read =
        source(builder, topics.predictions(), "predictions")
            .process(
                reading.apply(new PredictionReader(Role.SERVING, config.window())),
                Named.as("read-predictions"))
            .merge(
                source(builder, topics.shadowPredictions(), "shadow-predictions")
                    .process(
                        reading.apply(new PredictionReader(Role.SHADOW, config.window())),
                        Named.as("read-shadow-predictions")),
                Named.as("all-predictions"))
            .merge(
                source(builder, topics.truth(), "truth")
                    .process(reading.apply(new TruthReader(truthMeters)), Named.as("read-truth")),
                Named.as("all-track-events"));

    KStream<byte[], Object> paired =
        only(TrackEvent.class, read, "track-events")
            .repartition(Repartitioned.with(BYTES, serde(TrackEvent.parser())).withName("by-track"))
            .process(() -> new PairProcessor(truthMeters), Named.as("pair"), PairProcessor.STORE);

    EvaluationMeters meters = new EvaluationMeters(registry);
    KStream<byte[], Object> figures =
        only(Change.class, paired, "changes")
            .repartition(Repartitioned.with(BYTES, serde(Change.parser())).withName("by-series"))
            .process(
                () -> new WindowProcessor(config, meters),
                Named.as("sum-windows"),
                WindowProcessor.STORE,
                WindowProcessor.UNSENT_STORE);

    only(Letter.class, read, "rejected")
        .mapValues(Letter::value, Named.as("letters"))
        .to(topics.deadLetters(), Produced.with(BYTES, BYTES).withName("dead-letters"));
    send(only(TrackQuality.class, paired, "track-qualities"), topics.quality(), "quality");
    send(only(QualityWindow.class, figures, "windows"), topics.qualityWindows(), "quality-windows");
    send(only(Drift.class, figures, "drifts"), topics.drift(), "drift");
    return builder.build();
  }

  private static KStream<byte[], byte[]> source(StreamsBuilder builder, String topic, String name) {
    return builder.stream(topic, Consumed.with(BYTES, BYTES).withName(name));
  }

  /** Those of the values that are of one kind. */
  private static <T> KStream<byte[], T> only(
      Class<T> kind, KStream<byte[], Object> stream, String name) {
    return stream.flatMapValues(
        value -> kind.isInstance(value) ? List.of(kind.cast(value)) : List.of(), Named.as(name));
  }

  private static <T extends Message> void send(
      KStream<byte[], T> stream, String topic, String name) {
    stream
        .mapValues(Json::bytes, Named.as(name + "-json"))
        .to(topic, Produced.with(BYTES, BYTES).withName(name));
  }

  private static <T extends MessageLite> Serde<T> serde(Parser<T> parser) {
    return new ProtobufSerde<>(parser);
  }

  /** Cached, because one commit's worth of tracks changes the same sums again and again. */
  private static <K, V> StoreBuilder<KeyValueStore<K, V>> store(
      String name, Serde<K> keys, Serde<V> values) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), keys, values)
        .withCachingEnabled();
  }
}

package dev.reprise.evaluation;

import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.reprise.contract.Json;
import dev.reprise.contract.Role;
import dev.reprise.contract.Stage;
import dev.reprise.contract.Topics;
import dev.reprise.evaluation.pairing.PairProcessor;
import dev.reprise.evaluation.pairing.PairResult;
import dev.reprise.evaluation.pairing.PredictionReader;
import dev.reprise.evaluation.pairing.ReadResult;
import dev.reprise.evaluation.pairing.TrackUpdateProcessor;
import dev.reprise.evaluation.pairing.TrackUpdateReader;
import dev.reprise.evaluation.pairing.TruthMeters;
import dev.reprise.evaluation.pairing.TruthReader;
import dev.reprise.evaluation.v1.Change;
import dev.reprise.evaluation.v1.EvaluatedTrack;
import dev.reprise.evaluation.v1.TrackUpdate;
import dev.reprise.evaluation.v1.WindowState;
import dev.reprise.evaluation.windows.EvaluationMeters;
import dev.reprise.evaluation.windows.ModelReferences;
import dev.reprise.evaluation.windows.WindowConfig;
import dev.reprise.evaluation.windows.WindowProcessor;
import dev.reprise.evaluation.windows.WindowResult;
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
import org.jspecify.annotations.Nullable;

/**
 * The evaluation's topology: predictions, of a shadow model too if there is one, and truth in;
 * quality, quality-windows, drift and dead-letters out.
 *
 * <p>Records are repartitioned by track, whatever partitioner their producers used. The changes
 * that follow from them are repartitioned by series: one feature or input of one model in one role.
 */
public final class EvaluationTopology {
  private static final Serde<byte[]> BYTES = Serdes.ByteArray();
  private static final Serde<String> STRING = Serdes.String();

  private EvaluationTopology() {}

  /**
   * Returns the topology.
   *
   * @param shadow whether there is a shadow model, whose predictions are evaluated too; without
   *     one, the instances need neither its topic nor permissions on it
   */
  public static Topology create(
      Topics topics, WindowConfig config, boolean shadow, MeterRegistry registry) {
    TruthMeters truthMeters = new TruthMeters(registry);
    DeadLetters deadLetters = new DeadLetters(registry, Set.of(Stage.EVALUATE));
    Function<TrackUpdateReader, ProcessorSupplier<byte[], byte[], byte[], ReadResult>> reading =
        reader -> () -> new TrackUpdateProcessor(reader, deadLetters);
    StreamsBuilder builder = new StreamsBuilder();
    builder
        .addStateStore(store(PairProcessor.STORE, BYTES, serde(EvaluatedTrack.parser())))
        .addStateStore(store(WindowProcessor.STORE, STRING, serde(WindowState.parser())))
        .addStateStore(store(WindowProcessor.UNSENT_STORE, STRING, BYTES))
        .globalTable(
            topics.modelReferences(),
            Consumed.with(STRING, BYTES),
            Materialized.as(ModelReferences.STORE));

    KStream<byte[], ReadResult> predictions =
        source(builder, topics.predictions(), "predictions")
            .process(
                reading.apply(new PredictionReader(Role.SERVING, config.window())),
                Named.as("read-predictions"));
    if (shadow) {
      predictions =
          predictions.merge(
              source(builder, topics.shadowPredictions(), "shadow-predictions")
                  .process(
                      reading.apply(new PredictionReader(Role.SHADOW, config.window())),
                      Named.as("read-shadow-predictions")),
              Named.as("all-predictions"));
    }
    KStream<byte[], ReadResult> read =
        predictions.merge(
            source(builder, topics.truth(), "truth")
                .process(reading.apply(new TruthReader(truthMeters)), Named.as("read-truth")),
            Named.as("all-track-updates"));

    KStream<byte[], PairResult> paired =
        select(
                read,
                result -> result instanceof ReadResult.Accepted accepted ? accepted.update() : null,
                "track-updates")
            .repartition(
                Repartitioned.with(BYTES, serde(TrackUpdate.parser())).withName("by-track"))
            .process(() -> new PairProcessor(truthMeters), Named.as("pair"), PairProcessor.STORE);

    EvaluationMeters meters = new EvaluationMeters(registry);
    KStream<byte[], WindowResult> windowResults =
        select(
                paired,
                result ->
                    result instanceof PairResult.SeriesChanged changed ? changed.change() : null,
                "changes")
            .repartition(Repartitioned.with(BYTES, serde(Change.parser())).withName("by-series"))
            .process(
                () -> new WindowProcessor(config, meters),
                Named.as("sum-windows"),
                WindowProcessor.STORE,
                WindowProcessor.UNSENT_STORE);

    select(
            read,
            result -> result instanceof ReadResult.Rejected rejected ? rejected : null,
            "rejected")
        .mapValues(ReadResult.Rejected::value, Named.as("dead-letter-values"))
        .to(topics.deadLetters(), Produced.with(BYTES, BYTES).withName("dead-letters"));
    send(
        select(
            paired,
            result ->
                result instanceof PairResult.QualityChanged changed ? changed.quality() : null,
            "track-qualities"),
        topics.quality(),
        "quality");
    send(
        select(
            windowResults,
            result -> result instanceof WindowResult.Quality quality ? quality.window() : null,
            "windows"),
        topics.qualityWindows(),
        "quality-windows");
    send(
        select(
            windowResults,
            result ->
                result instanceof WindowResult.DriftMeasured measured ? measured.drift() : null,
            "drifts"),
        topics.drift(),
        "drift");
    return builder.build();
  }

  private static KStream<byte[], byte[]> source(StreamsBuilder builder, String topic, String name) {
    return builder.stream(topic, Consumed.with(BYTES, BYTES).withName(name));
  }

  /** Returns one part of a stream of results; {@code part} gives null for the others. */
  private static <V, T> KStream<byte[], T> select(
      KStream<byte[], V> stream, Function<V, @Nullable T> part, String name) {
    return stream.flatMapValues(
        value -> {
          T selected = part.apply(value);
          return selected == null ? List.<T>of() : List.of(selected);
        },
        Named.as(name));
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

  /** Builds a cached store: the tracks of one commit interval update the same sums repeatedly. */
  private static <K, V> StoreBuilder<KeyValueStore<K, V>> store(
      String name, Serde<K> keys, Serde<V> values) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), keys, values)
        .withCachingEnabled();
  }
}

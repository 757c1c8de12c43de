package dev.reprise.api.catalogue;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.reprise.api.state.v1.Fact;
import dev.reprise.api.state.v1.KnownTrack;
import dev.reprise.api.v1.Clip;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.ProtobufSerde;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The catalogue's topology: materialises predictions, clip predictions, truth and dead letters in
 * two state stores. Records are repartitioned by track, whatever partitions their producers chose,
 * so that one instance has all the state of a track and can be queried for it.
 */
public final class CatalogueTopology {
  private CatalogueTopology() {}

  /** Returns the topology. */
  public static Topology create(Topics topics, CatalogueMeters meters) {
    StreamsBuilder builder = new StreamsBuilder();
    builder
        .addStateStore(store(CatalogueProcessor.TRACKS, KnownTrack.parser()))
        .addStateStore(store(CatalogueProcessor.CLIPS, Clip.parser()));
    read(builder, topics.predictions(), FactReaders.predictions(), meters)
        .merge(
            read(builder, topics.clipPredictions(), FactReaders.clips(), meters),
            Named.as("and-clips"))
        .merge(read(builder, topics.truth(), FactReaders.truth(), meters), Named.as("and-truth"))
        .merge(
            read(builder, topics.deadLetters(), FactReaders.failures(topics), meters),
            Named.as("and-failures"))
        .repartition(Repartitioned.with(Serdes.String(), serde(Fact.parser())).withName("by-track"))
        .process(
            CatalogueProcessor::new,
            Named.as("keep"),
            CatalogueProcessor.TRACKS,
            CatalogueProcessor.CLIPS);
    return builder.build();
  }

  private static KStream<String, Fact> read(
      StreamsBuilder builder, String topic, FactReader reader, CatalogueMeters meters) {
    return builder.stream(
            topic,
            Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName(reader.kind() + "s"))
        .process(() -> new FactProcessor(reader, meters), Named.as("read-" + reader.kind() + "s"));
  }

  private static <T extends MessageLite> Serde<T> serde(Parser<T> parser) {
    return new ProtobufSerde<>(parser);
  }

  private static <T extends MessageLite> StoreBuilder<?> store(String name, Parser<T> parser) {
    return Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(name), Serdes.String(), serde(parser));
  }
}

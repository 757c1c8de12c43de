package dev.reprise.api.catalogue;

import dev.reprise.contract.Topics;
import dev.reprise.similarity.index.TrackIndex;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology that reads all predictions and truth at every instance, as global stores, into the
 * similarity index: a search compares a track with all others.
 *
 * <p>The stores keep the times of the records in memory, so that Kafka Streams reads both topics
 * from the beginning at each start, and the index is complete before the application runs.
 */
public final class VectorTopology {
  private VectorTopology() {}

  /** Returns the topology. */
  public static Topology create(Topics topics, TrackIndex index) {
    StreamsBuilder builder = new StreamsBuilder();
    add(builder, topics.predictions(), FactReaders.predictions(), index);
    add(builder, topics.truth(), FactReaders.truth(), index);
    return builder.build();
  }

  private static void add(
      StreamsBuilder builder, String topic, FactReader reader, TrackIndex index) {
    String store = reader.kind() + "-times";
    builder.addGlobalStore(
        times(store),
        topic,
        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()),
        () -> new VectorProcessor(reader, store, index));
  }

  private static StoreBuilder<KeyValueStore<String, Long>> times(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.Long())
        .withLoggingDisabled();
  }
}

package dev.reprise.inference;

import dev.reprise.contract.Topics;
import dev.reprise.inference.scoring.ScoreProcessor;
import dev.reprise.inference.scoring.ScoringPath;
import dev.reprise.inference.track.TrackProcessor;
import dev.reprise.inference.v1.TrackState;
import dev.reprise.runtime.ProtobufSerde;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * The inference service's topology: mfcc in; clip-predictions, predictions and dead-letters out. A
 * shadow model has its own path, added after the serving model's: Kafka Streams forwards a record
 * to a node's children in the order in which they were added, so the shadow scores last.
 */
public final class InferenceTopology {
  private static final String MFCC = "mfcc";

  private InferenceTopology() {}

  public static Topology create(Topics topics, ScoringPath serving, Optional<ScoringPath> shadow) {
    var bytes = Serdes.ByteArray();
    var in = bytes.deserializer();
    var out = bytes.serializer();
    Topology topology = new Topology().addSource(MFCC, in, in, topics.mfcc());
    add(topology, serving, topics.predictions());
    topology
        .addSink(
            ScoringPath.CLIP_PREDICTIONS, topics.clipPredictions(), out, out, serving.scoreNode())
        .addSink(
            ScoringPath.DEAD_LETTERS,
            topics.deadLetters(),
            out,
            out,
            serving.scoreNode(),
            serving.trackNode());
    shadow.ifPresent(path -> add(topology, path, topics.shadowPredictions()));
    return topology;
  }

  private static void add(Topology topology, ScoringPath path, String predictionsTopic) {
    var out = Serdes.ByteArray().serializer();
    topology
        .addProcessor(path.scoreNode(), () -> new ScoreProcessor(path), MFCC)
        .addProcessor(path.trackNode(), () -> new TrackProcessor(path), path.scoreNode())
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(path.store()),
                Serdes.String(),
                new ProtobufSerde<>(TrackState.parser())),
            path.scoreNode(),
            path.trackNode())
        .addSink(path.predictionsSink(), predictionsTopic, out, out, path.trackNode());
  }
}

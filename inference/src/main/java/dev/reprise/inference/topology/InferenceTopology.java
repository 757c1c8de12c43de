package dev.reprise.inference.topology;

import com.google.protobuf.Message;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.inference.serving.Models;
import dev.reprise.inference.v1.TrackState;
import dev.reprise.runtime.CarriedHeaders;
import dev.reprise.runtime.ProtobufSerde;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;

/**
 * The inference service's topology: mfcc in; clip-predictions, predictions and dead-letters out. A
 * shadow has a lane of its own beside that of the serving model, and comes after it: Kafka Streams
 * hands a record to a node's children in the order in which they were added.
 */
public final class InferenceTopology {
  static final String CLIP_PREDICTIONS = "clip-predictions";
  static final String DEAD_LETTERS = "dead-letters";
  private static final String MFCC = "mfcc";

  private InferenceTopology() {}

  public static Topology create(
      Topics topics, Models serving, Optional<Models> shadow, MeterRegistry registry) {
    Lane lane = Lane.serving(serving, registry);
    var bytes = Serdes.ByteArray();
    var in = bytes.deserializer();
    var out = bytes.serializer();
    Topology topology = new Topology().addSource(MFCC, in, in, topics.mfcc());
    add(topology, lane, topics.predictions());
    topology
        .addSink(CLIP_PREDICTIONS, topics.clipPredictions(), out, out, lane.scoreNode())
        .addSink(DEAD_LETTERS, topics.deadLetters(), out, out, lane.scoreNode(), lane.trackNode());
    shadow.ifPresent(
        models -> add(topology, Lane.shadow(models, registry), topics.shadowPredictions()));
    return topology;
  }

  private static void add(Topology topology, Lane lane, String predictionsTopic) {
    var out = Serdes.ByteArray().serializer();
    topology
        .addProcessor(lane.scoreNode(), () -> new ScoreProcessor(lane), MFCC)
        .addProcessor(lane.trackNode(), () -> new TrackProcessor(lane), lane.scoreNode())
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(lane.store()),
                Serdes.String(),
                new ProtobufSerde<>(TrackState.parser())),
            lane.scoreNode(),
            lane.trackNode())
        .addSink(lane.predictionsSink(), predictionsTopic, out, out, lane.trackNode());
  }

  /** The message as JSON, under the headers of the record that it comes from. */
  static Record<byte[], byte[]> json(Record<byte[], ?> from, Message message) {
    Headers headers = CarriedHeaders.of(from.headers()).orElse(new RecordHeaders());
    headers.add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
    return from.withValue(Json.bytes(message)).withHeaders(headers);
  }
}

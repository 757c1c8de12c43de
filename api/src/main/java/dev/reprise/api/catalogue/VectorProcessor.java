package dev.reprise.api.catalogue;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.api.state.v1.Fact;
import dev.reprise.contract.Float32;
import dev.reprise.contract.ModelId;
import dev.reprise.contract.TrackId;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.similarity.embedding.EmbeddingIndex;
import dev.reprise.similarity.index.TrackIndex;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Indexes the facts of one topic; of two records of a track, the later wins. */
final class VectorProcessor extends ContextualProcessor<byte[], byte[], Void, Void> {
  private static final Logger log = LoggerFactory.getLogger(VectorProcessor.class);

  /** The same limit as the evaluation's. */
  private static final int MAX_MODEL_CHARS = 256;

  private final FactReader reader;
  private final String store;
  private final TrackIndex index;

  VectorProcessor(FactReader reader, String store, TrackIndex index) {
    this.reader = reader;
    this.store = store;
    this.index = index;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (TrackId.fault(record.key()).isPresent()) {
      return;
    }
    String trackId = new String(record.key(), StandardCharsets.UTF_8);
    KeyValueStore<String, Long> times = context().getStateStore(store);
    Long known = times.get(trackId);
    if (known != null && record.timestamp() < known) {
      return;
    }
    try {
      reader.read(record).ifPresent(fact -> update(trackId, fact));
      times.put(trackId, record.timestamp());
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      // A global thread is not replaced, and would fail on the same record at every start.
      log.error("A record of track {} is excluded from searches: internal error", trackId, e);
    } catch (InvalidProtocolBufferException e) {
      // Counted by FactProcessor, which reads the same record.
      log.debug("A record of track {} is not a {}: {}", trackId, reader.kind(), e.toString());
    }
  }

  private void update(String trackId, Fact fact) {
    switch (fact.getBodyCase()) {
      case PREDICTION -> putPrediction(trackId, fact.getPrediction());
      case TRUTH -> index.putTruth(trackId, fact.getTruth());
      case WITHDRAWN -> {
        switch (fact.getWithdrawn()) {
          case WITHDRAWN_PREDICTION -> index.removePrediction(trackId);
          case WITHDRAWN_TRUTH -> index.removeTruth(trackId);
          case WITHDRAWN_UNSPECIFIED, UNRECOGNIZED -> {}
        }
      }
      case CLIP, FAILURE, BODY_NOT_SET -> {}
    }
  }

  private void putPrediction(String trackId, Prediction prediction) {
    String model = ModelId.of(prediction.getModel());
    float[] embedding = Float32.decode(prediction.getEmbedding());
    // Drops only an invalid embedding: the features of the track can still be searched.
    boolean usable = EmbeddingIndex.accepts(embedding) && model.length() <= MAX_MODEL_CHARS;
    index.putPrediction(
        trackId, model, prediction.getFeatures(), usable ? embedding : new float[0]);
  }
}

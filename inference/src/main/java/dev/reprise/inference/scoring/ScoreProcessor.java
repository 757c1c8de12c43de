package dev.reprise.inference.scoring;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelOutput;
import dev.reprise.inference.scoring.PolledClips.ScoredClip;
import dev.reprise.inference.serving.ServedModel;
import dev.reprise.inference.v1.TrackState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores clips that were not scored when they were polled. Each is published as a clip prediction,
 * if the path has a sink for those, and forwarded to the track step. A record that cannot be parsed
 * or scored is rejected, and its track gets no prediction.
 *
 * <p>All clips of a track are scored by one model, the one that scored the first of them, for as
 * long as it is loaded: a mean over the clips of two models would describe neither.
 */
public final class ScoreProcessor implements Processor<byte[], byte[], byte[], Object> {
  private static final Logger log = LoggerFactory.getLogger(ScoreProcessor.class);

  private final ScoringPath path;
  private ProcessorContext<byte[], Object> context;
  private KeyValueStore<String, TrackState> tracks;

  public ScoreProcessor(ScoringPath path) {
    this.path = path;
  }

  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
    this.tracks = context.getStateStore(path.store());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Extraction extraction = Extraction.getDefaultInstance();
    try {
      Optional<ScoredClip> scored = takeScored(record);
      MfccRecord mfcc =
          scored.isPresent() ? scored.get().mfcc() : MfccParser.parse(record.key(), record.value());
      extraction = mfcc.getExtraction();
      // Results have the event's timestamp, whenever its clips were written.
      Record<byte[], byte[]> timed =
          record.withTimestamp(Timestamps.toMillis(extraction.getEventTime()));
      context.forward(timed.withValue(toResult(timed, mfcc, scored)), path.trackNode());
    } catch (RejectedException e) {
      reject(record, extraction, e);
    } catch (KafkaException e) {
      // Not caused by the clip: fenced, migrated, broker unavailable. Kafka Streams handles it.
      throw e;
    } catch (RuntimeException e) {
      log.error("A clip of extraction {} failed with an internal error", extraction.getId(), e);
      reject(
          record,
          extraction,
          new RejectedException(
              Reason.INFERENCE_FAULT, "The inference service failed on this record: " + e, e));
    }
  }

  private Optional<ScoredClip> takeScored(Record<byte[], byte[]> record) {
    RecordMetadata source = context.recordMetadata().orElseThrow();
    return path.polled()
        .take(
            new TopicPartition(source.topic(), source.partition()),
            source.offset(),
            record.value());
  }

  private void reject(Record<byte[], byte[]> record, Extraction extraction, RejectedException why) {
    path.rejections()
        .reject(record, context.recordMetadata().orElseThrow(), why)
        .ifPresent(deadLetter -> context.forward(deadLetter, ScoringPath.DEAD_LETTERS));
    if (!extraction.getId().isEmpty()) {
      context.forward(
          record.withValue(new ScoringResult.TrackFailed(extraction)), path.trackNode());
    }
  }

  private ScoringResult toResult(
      Record<byte[], byte[]> record, MfccRecord mfcc, Optional<ScoredClip> scored)
      throws RejectedException {
    Extraction extraction = mfcc.getExtraction();
    return switch (mfcc.getBodyCase()) {
      case CLIP -> scoreClip(record, extraction, mfcc.getClip(), scored);
      case COMPLETE -> completeExtraction(extraction, mfcc.getComplete());
      case FAILED -> new ScoringResult.TrackFailed(extraction);
      case WITHDRAWN -> new ScoringResult.TrackWithdrawn(extraction);
      case BODY_NOT_SET -> throw new AssertionError("Rejected by MfccParser.parse.");
    };
  }

  private ScoringResult completeExtraction(Extraction extraction, ExtractionComplete complete)
      throws RejectedException {
    MfccParser.requireValid(complete);
    try (ServedModel.Use model = acquireModel(extraction)) {
      return new ScoringResult.ExtractionCompleted(extraction, predictions(model), complete);
    }
  }

  private ScoringResult scoreClip(
      Record<byte[], byte[]> record,
      Extraction extraction,
      MfccClip clip,
      Optional<ScoredClip> scored)
      throws RejectedException {
    if (scored.isEmpty()) {
      MfccParser.requireContract(extraction, MfccContract.current());
      MfccParser.requireValid(clip, MfccContract.current());
    }
    try (ServedModel.Use model = acquireModel(extraction)) {
      ClipScores scores =
          ClipScores.of(output(model, clip, scored), InputSummary.of(clip, MfccContract.current()));
      PredictionRecords predictions = predictions(model);
      path.clipPredictionsSink()
          .ifPresent(
              sink ->
                  context.forward(
                      JsonRecords.of(
                          record,
                          predictions.clipPrediction(trackId(record), extraction, clip, scores)),
                      sink));
      return new ScoringResult.ClipScored(extraction, predictions, clip.getIndex(), scores);
    }
  }

  private static String trackId(Record<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  /** Acquires the model that scores this track; the caller releases it. */
  private ServedModel.Use acquireModel(Extraction extraction) throws RejectedException {
    TrackState state = tracks.get(ScoringPath.stateKey(extraction));
    if (state == null || state.getModelSha256().isEmpty()) {
      return path.models().acquire();
    }
    return path.models()
        .acquire(state.getModelSha256())
        .orElseThrow(
            () ->
                new RejectedException(
                    Reason.MODEL_CHANGED,
                    "The model changed between two clips of this track; send its audio event"
                        + " again."));
  }

  private static PredictionRecords predictions(ServedModel.Use model) {
    return new PredictionRecords(model.metadata(), model.provider());
  }

  /** Returns the clip's scores by this model; another one may have scored the poll. */
  private static ModelOutput output(
      ServedModel.Use model, MfccClip clip, Optional<ScoredClip> scored) throws RejectedException {
    if (scored.isPresent() && scored.get().modelSha256().equals(model.metadata().sha256())) {
      return scored.get().output();
    }
    try {
      return model.infer(List.of(PolledClips.input(clip))).get(0);
    } catch (ModelException e) {
      throw new RejectedException(
          Reason.SCORING_FAILED, "The model failed on this clip: " + e.getMessage() + ".", e);
    }
  }
}

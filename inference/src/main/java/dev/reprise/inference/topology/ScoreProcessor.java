package dev.reprise.inference.topology;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.serving.ServedModel;
import dev.reprise.inference.v1.TrackState;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores clips: each goes out as a clip prediction, where the lane has those, and on to the track
 * step. What cannot be parsed or scored is rejected, and voids its track.
 *
 * <p>A track is scored by one model, the one that scored the first of its clips to come, for as
 * long as that model is loaded: a mean over the clips of two would be neither's.
 */
final class ScoreProcessor implements Processor<byte[], byte[], byte[], Object> {
  private static final Logger log = LoggerFactory.getLogger(ScoreProcessor.class);

  private final Lane lane;
  private ProcessorContext<byte[], Object> context;
  private KeyValueStore<String, TrackState> tracks;

  ScoreProcessor(Lane lane) {
    this.lane = lane;
  }

  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
    this.tracks = context.getStateStore(lane.store());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Extraction extraction = Extraction.getDefaultInstance();
    try {
      MfccRecord mfcc = MfccInput.parse(record.key(), record.value());
      extraction = mfcc.getExtraction();
      // What comes of an event has the event's time, whenever its clips were written.
      Record<byte[], byte[]> timed =
          record.withTimestamp(Timestamps.toMillis(extraction.getEventTime()));
      context.forward(timed.withValue(score(timed, mfcc)), lane.trackNode());
    } catch (RejectedException e) {
      reject(record, extraction, e);
    } catch (KafkaException e) {
      // Not the clip's fault: fenced, migrated, broker gone. Kafka Streams knows what to do.
      throw e;
    } catch (RuntimeException e) {
      log.error("A clip of extraction {} failed for a fault of our own", extraction.getId(), e);
      reject(
          record,
          extraction,
          new RejectedException(
              Reason.INFERENCE_FAULT, "The inference service failed on this record: " + e, e));
    }
  }

  private void reject(Record<byte[], byte[]> record, Extraction extraction, RejectedException why) {
    lane.rejections()
        .reject(record, context.recordMetadata().orElseThrow(), why)
        .ifPresent(letter -> context.forward(letter, InferenceTopology.DEAD_LETTERS));
    if (!extraction.getId().isEmpty()) {
      context.forward(record.withValue(new Scored.Void(extraction)), lane.trackNode());
    }
  }

  private Scored score(Record<byte[], byte[]> record, MfccRecord mfcc) throws RejectedException {
    Extraction extraction = mfcc.getExtraction();
    return switch (mfcc.getBodyCase()) {
      case CLIP -> clip(record, extraction, mfcc.getClip());
      case COMPLETE -> complete(extraction, mfcc.getComplete());
      case FAILED -> new Scored.Void(extraction);
      case BODY_NOT_SET -> throw new AssertionError("Refused by MfccInput.parse.");
    };
  }

  private Scored complete(Extraction extraction, ExtractionComplete complete)
      throws RejectedException {
    MfccInput.requireValid(complete);
    try (ServedModel.Use model = model(extraction)) {
      return new Scored.Complete(extraction, predictions(model), complete);
    }
  }

  private Scored clip(Record<byte[], byte[]> record, Extraction extraction, MfccClip clip)
      throws RejectedException {
    MfccInput.requireContract(extraction, MfccContract.current());
    MfccInput.requireValid(clip, MfccContract.current());
    try (ServedModel.Use model = model(extraction)) {
      ClipScores scores = score(model, clip);
      Predictions predictions = predictions(model);
      lane.clipPredictions()
          .ifPresent(
              sink ->
                  context.forward(
                      InferenceTopology.json(
                          record, predictions.clip(trackId(record), extraction, clip, scores)),
                      sink));
      return new Scored.Clip(extraction, predictions, clip.getIndex(), scores);
    }
  }

  private static String trackId(Record<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  /** The model that scores this track. */
  private ServedModel.Use model(Extraction extraction) throws RejectedException {
    TrackState state = tracks.get(TrackProcessor.key(extraction));
    if (state == null || state.getModelSha256().isEmpty()) {
      return lane.models().use();
    }
    return lane.models()
        .use(state.getModelSha256())
        .orElseThrow(
            () ->
                new RejectedException(
                    Reason.MODEL_CHANGED,
                    "The model changed between two clips of this track; send its audio event"
                        + " again."));
  }

  private static Predictions predictions(ServedModel.Use model) {
    return new Predictions(model.metadata(), model.provider());
  }

  private static ClipScores score(ServedModel.Use model, MfccClip clip) throws RejectedException {
    try {
      return ClipScores.of(
          model.score(new ClipInput(clip.getCoefficients(), clip.getNFrames())),
          InputSummary.of(clip, MfccContract.current()));
    } catch (ModelException e) {
      throw new RejectedException(
          Reason.SCORING_FAILED, "The model failed on this clip: " + e.getMessage() + ".", e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}

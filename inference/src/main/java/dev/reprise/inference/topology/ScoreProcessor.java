package dev.reprise.inference.topology;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.inference.batch.DynamicBatcher;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.Scores;
import dev.reprise.runtime.DeadLetters;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores clips: each goes out as a clip prediction and on to the track step. What cannot be parsed
 * or scored goes to the dead letters, and voids its track.
 */
final class ScoreProcessor implements Processor<byte[], byte[], byte[], Object> {
  private static final Logger log = LoggerFactory.getLogger(ScoreProcessor.class);

  private final DynamicBatcher batcher;
  private final Predictions predictions;
  private final DeadLetters deadLetters;
  private ProcessorContext<byte[], Object> context;

  ScoreProcessor(DynamicBatcher batcher, Predictions predictions, DeadLetters deadLetters) {
    this.batcher = batcher;
    this.predictions = predictions;
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
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
      context.forward(timed.withValue(score(timed, mfcc)), InferenceTopology.TRACK);
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
    context.forward(
        deadLetters.of(record, context.recordMetadata().orElseThrow(), why),
        InferenceTopology.DEAD_LETTERS);
    if (!extraction.getId().isEmpty()) {
      context.forward(record.withValue(new Scored.Void(extraction)), InferenceTopology.TRACK);
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

  private static Scored complete(Extraction extraction, ExtractionComplete complete)
      throws RejectedException {
    MfccInput.requireValid(complete);
    return new Scored.Complete(extraction, complete);
  }

  private Scored clip(Record<byte[], byte[]> record, Extraction extraction, MfccClip clip)
      throws RejectedException {
    MfccInput.requireContract(extraction, MfccContract.current());
    MfccInput.requireValid(clip, MfccContract.current());
    Scores scores = score(clip);
    Scored.Clip scored =
        new Scored.Clip(
            extraction, clip.getIndex(), finite(scores.features()), finite(scores.genres()));
    String trackId = new String(record.key(), StandardCharsets.UTF_8);
    context.forward(
        InferenceTopology.json(record, predictions.clip(trackId, clip, scored)),
        InferenceTopology.CLIP_PREDICTIONS);
    return scored;
  }

  private Scores score(MfccClip clip) throws RejectedException {
    try {
      return batcher.score(new ClipInput(clip.getCoefficients(), clip.getNFrames()));
    } catch (ModelException e) {
      throw new RejectedException(
          Reason.SCORING_FAILED, "The model failed on this clip: " + e.getMessage() + ".", e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /**
   * The values rounded to 1e-6, as they are published, so that a track's mean is that of its clips.
   */
  private static double[] finite(float[] values) throws RejectedException {
    double[] rounded = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new RejectedException(
            Reason.SCORING_FAILED, "The model gave " + values[i] + " for this clip.");
      }
      rounded[i] = Math.rint(values[i] * 1e6) / 1e6;
    }
    return rounded;
  }
}

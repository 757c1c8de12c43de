package dev.reprise.extractor.topology;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Float32;
import dev.reprise.contract.Mark;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.ExtractionFailed;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.contract.v1.TrackWithdrawn;
import dev.reprise.contract.v1.Truncation;
import dev.reprise.extractor.extraction.ExtractionResult;
import dev.reprise.extractor.mfcc.Clip;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.Record;

/** Builds the records of one extraction. Immutable. */
final class MfccRecords {
  private final Record<byte[], byte[]> template;
  private final Extraction extraction;

  /**
   * @param template has the key, the headers and the timestamp of all records
   * @param extractionId the event's coordinates
   */
  MfccRecords(Record<byte[], byte[]> template, String extractionId, MfccContract contract) {
    this.template = template;
    this.extraction =
        Extraction.newBuilder()
            .setId(extractionId)
            .setContract(contract.name())
            .setContractSha256(contract.sha256())
            .setEventTime(Timestamps.fromMillis(template.timestamp()))
            .build();
  }

  private MfccRecords(Record<byte[], byte[]> template, Extraction extraction) {
    this.template = template;
    this.extraction = extraction;
  }

  /** Returns a copy whose records have a different event time. */
  MfccRecords at(Instant eventTime) {
    return new MfccRecords(
        template,
        extraction.toBuilder()
            .setEventTime(
                Timestamp.newBuilder()
                    .setSeconds(eventTime.getEpochSecond())
                    .setNanos(eventTime.getNano()))
            .build());
  }

  /** Returns the value of a clip's record, to be spooled. */
  byte[] clipValue(Clip clip) {
    return body()
        .setClip(
            MfccClip.newBuilder()
                .setIndex(clip.index())
                .setNFrames(clip.frames())
                .setCoefficients(Float32.encode(clip.coefficients()))
                .setStartSeconds(clip.startSeconds())
                .setDurationSeconds(clip.durationSeconds()))
        .build()
        .toByteArray();
  }

  /** Returns the record of a clip, given its {@link #clipValue}. */
  Record<byte[], byte[]> clip(byte[] value) {
    return template.withValue(value);
  }

  Record<byte[], byte[]> complete(ExtractionResult done) {
    ExtractionComplete.Builder complete =
        ExtractionComplete.newBuilder()
            .setClipCount(done.clipCount())
            .setDecodedSeconds(done.decodedSeconds());
    done.marks().stream().sorted().map(Mark::label).forEach(complete::addMarks);
    if (done.marks().contains(Mark.TRUNCATED)) {
      complete.setTruncated(truncation(done));
    }
    return template.withValue(body().setComplete(complete).build().toByteArray());
  }

  private static Truncation truncation(ExtractionResult done) {
    Truncation.Builder truncation =
        Truncation.newBuilder().setDecodedSeconds(done.decodedSeconds());
    if (!Double.isNaN(done.declaredSeconds())) {
      truncation.setPromisedSeconds(done.declaredSeconds());
    }
    return truncation.build();
  }

  Record<byte[], byte[]> failed(Reason reason, double decodedSeconds) {
    ExtractionFailed.Builder failed =
        ExtractionFailed.newBuilder().setReason(reason.label()).setDecodedSeconds(decodedSeconds);
    return template.withValue(body().setFailed(failed).build().toByteArray());
  }

  Record<byte[], byte[]> withdrawn() {
    return template.withValue(
        body().setWithdrawn(TrackWithdrawn.getDefaultInstance()).build().toByteArray());
  }

  private MfccRecord.Builder body() {
    return MfccRecord.newBuilder().setExtraction(extraction);
  }
}

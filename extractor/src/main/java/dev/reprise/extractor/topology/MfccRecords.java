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
import dev.reprise.contract.v1.Truncation;
import dev.reprise.extractor.mfcc.Clip;
import java.time.Instant;

/** Makes the records of one extraction. Immutable. */
final class MfccRecords {
  private final Extraction extraction;

  MfccRecords(String extractionId, long eventTimestampMillis, MfccContract contract) {
    this.extraction =
        Extraction.newBuilder()
            .setId(extractionId)
            .setContract(contract.name())
            .setContractSha256(contract.sha256())
            .setEventTime(Timestamps.fromMillis(eventTimestampMillis))
            .build();
  }

  private MfccRecords(Extraction extraction) {
    this.extraction = extraction;
  }

  /** Returns the same for an event of another time. */
  MfccRecords at(Instant eventTime) {
    return new MfccRecords(
        extraction.toBuilder()
            .setEventTime(
                Timestamp.newBuilder()
                    .setSeconds(eventTime.getEpochSecond())
                    .setNanos(eventTime.getNano()))
            .build());
  }

  MfccRecord clip(Clip clip) {
    return record()
        .setClip(
            MfccClip.newBuilder()
                .setIndex(clip.index())
                .setNFrames(clip.frames())
                .setCoefficients(Float32.encode(clip.coefficients()))
                .setStartSeconds(clip.startSeconds())
                .setDurationSeconds(clip.durationSeconds()))
        .build();
  }

  MfccRecord complete(dev.reprise.extractor.extraction.Extraction done) {
    ExtractionComplete.Builder complete =
        ExtractionComplete.newBuilder()
            .setClipCount(done.clipCount())
            .setDecodedSeconds(done.decodedSeconds());
    done.marks().stream().sorted().map(Mark::label).forEach(complete::addMarks);
    if (done.marks().contains(Mark.TRUNCATED)) {
      complete.setTruncated(truncation(done));
    }
    return record().setComplete(complete).build();
  }

  private static Truncation truncation(dev.reprise.extractor.extraction.Extraction done) {
    Truncation.Builder truncation =
        Truncation.newBuilder().setDecodedSeconds(done.decodedSeconds());
    if (!Double.isNaN(done.promisedSeconds())) {
      truncation.setPromisedSeconds(done.promisedSeconds());
    }
    return truncation.build();
  }

  MfccRecord failed(Reason reason, double decodedSeconds) {
    return record()
        .setFailed(
            ExtractionFailed.newBuilder()
                .setReason(reason.label())
                .setDecodedSeconds(decodedSeconds))
        .build();
  }

  private MfccRecord.Builder record() {
    return MfccRecord.newBuilder().setExtraction(extraction);
  }
}

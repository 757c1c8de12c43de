package dev.reprise.inference;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.ExtractionFailed;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.contract.v1.TrackWithdrawn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/** Records of the mfcc topic. */
public final class TestMfccRecords {
  static final Instant EVENT_TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final MfccContract CONTRACT = MfccContract.current();

  private TestMfccRecords() {}

  /**
   * Creates the record of a clip of three frames.
   *
   * @param first coefficient of the clip; the others are zero
   */
  public static MfccRecord clip(String extractionId, int index, float first) {
    int frames = 3;
    ByteBuffer values =
        ByteBuffer.allocate(CONTRACT.coefficients() * frames * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putFloat(0, first);
    return record(extractionId)
        .setClip(
            MfccClip.newBuilder()
                .setIndex(index)
                .setNFrames(frames)
                .setCoefficients(ByteString.copyFrom(values))
                .setStartSeconds(30.0 * index)
                .setDurationSeconds(30))
        .build();
  }

  public static MfccRecord complete(String extractionId, int clips) {
    return record(extractionId)
        .setComplete(
            ExtractionComplete.newBuilder().setClipCount(clips).setDecodedSeconds(30.0 * clips))
        .build();
  }

  public static MfccRecord failed(String extractionId) {
    return record(extractionId)
        .setFailed(ExtractionFailed.newBuilder().setReason("decode-failed"))
        .build();
  }

  public static MfccRecord withdrawn(String extractionId) {
    return record(extractionId).setWithdrawn(TrackWithdrawn.getDefaultInstance()).build();
  }

  /** Returns the record with a different time of its event. */
  static MfccRecord at(Instant eventTime, MfccRecord record) {
    return record.toBuilder()
        .setExtraction(
            record.getExtraction().toBuilder()
                .setEventTime(Timestamps.fromMillis(eventTime.toEpochMilli())))
        .build();
  }

  private static MfccRecord.Builder record(String extractionId) {
    return MfccRecord.newBuilder()
        .setExtraction(
            Extraction.newBuilder()
                .setId(extractionId)
                .setContract(CONTRACT.name())
                .setContractSha256(CONTRACT.sha256())
                .setEventTime(Timestamps.fromMillis(EVENT_TIME.toEpochMilli())));
  }

  public static MfccRecord withId(MfccRecord record, String id) {
    return record.toBuilder().setExtraction(record.getExtraction().toBuilder().setId(id)).build();
  }
}

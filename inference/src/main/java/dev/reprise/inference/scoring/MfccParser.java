package dev.reprise.inference.scoring;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Float32;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import java.io.IOException;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/** Parses records of the mfcc topic, and rejects those that must not reach a model. */
final class MfccParser {
  /** Ten days of audio; a larger count is considered corrupt. */
  private static final int MAX_CLIPS = 28_800;

  private MfccParser() {}

  /** Parses a record, which shares the bytes of {@code value}: they must not change. */
  static MfccRecord parse(byte @Nullable [] key, byte @Nullable [] value) throws RejectedException {
    if (key == null || key.length == 0) {
      throw bad("the record has no key");
    }
    if (value == null) {
      throw bad("the record has no value");
    }
    try {
      CodedInputStream input = UnsafeByteOperations.unsafeWrap(value).newCodedInput();
      // The coefficients stay where they are.
      input.enableAliasing(true);
      MfccRecord record = MfccRecord.parseFrom(input);
      if (record.getExtraction().getId().isEmpty()
          || record.getBodyCase() == MfccRecord.BodyCase.BODY_NOT_SET) {
        throw bad("it lacks the extraction or the body");
      }
      Timestamp eventTime = record.getExtraction().getEventTime();
      if (!Timestamps.isValid(eventTime) || eventTime.getSeconds() < 0) {
        throw bad("its event time is before 1970 or not valid");
      }
      return record;
    } catch (IOException e) {
      throw new RejectedException(
          Reason.BAD_MFCC, "The value is not an MfccRecord: " + e.getMessage(), e);
    }
  }

  static void requireValid(ExtractionComplete complete) throws RejectedException {
    if (complete.getClipCount() < 1 || complete.getClipCount() > MAX_CLIPS) {
      throw bad("a count of " + complete.getClipCount() + " clips is out of range");
    }
    requireSeconds(complete.getDecodedSeconds());
    requireSeconds(complete.getTruncated().getPromisedSeconds());
    requireSeconds(complete.getTruncated().getDecodedSeconds());
  }

  private static void requireSeconds(double seconds) throws RejectedException {
    if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)) {
      throw bad(seconds + " s is not a valid time");
    }
  }

  static void requireContract(Extraction extraction, MfccContract contract)
      throws RejectedException {
    if (!extraction.getContract().equals(contract.name())
        || !extraction.getContractSha256().equals(contract.sha256())) {
      throw new RejectedException(
          Reason.CONTRACT_MISMATCH,
          "The clip was computed under the MFCC contract %s (%s); the model needs %s (%s); run the same version of the extractor."
              .formatted(
                  extraction.getContract(),
                  extraction.getContractSha256(),
                  contract.name(),
                  contract.sha256()));
    }
  }

  static void requireValid(MfccClip clip, MfccContract contract) throws RejectedException {
    if (clip.getIndex() < 0 || clip.getIndex() >= MAX_CLIPS) {
      throw bad("clip index " + clip.getIndex() + " is out of range");
    }
    if (clip.getNFrames() < 1 || clip.getNFrames() > contract.maxFrames()) {
      throw bad(clip.getNFrames() + " frames are out of the range 1 to " + contract.maxFrames());
    }
    requireSeconds(clip.getStartSeconds());
    requireSeconds(clip.getDurationSeconds());
    int expected = contract.coefficients() * clip.getNFrames() * Float.BYTES;
    if (clip.getCoefficients().size() != expected) {
      throw bad(clip.getCoefficients().size() + " bytes of coefficients instead of " + expected);
    }
    FloatBuffer values = Float32.view(clip.getCoefficients());
    while (values.hasRemaining()) {
      if (!Float.isFinite(values.get())) {
        throw bad("a coefficient is not finite");
      }
    }
  }

  private static RejectedException bad(String what) {
    return new RejectedException(
        Reason.BAD_MFCC, "The value is not a valid MfccRecord: " + what + ".");
  }
}

package dev.reprise.extractor.event;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads the track id of an audio event: the record's key, or CloudEvents' subject where the key is
 * no track id.
 */
public final class TrackIds {
  /** Longest track id, in bytes of UTF-8. */
  public static final int MAX_BYTES = 256;

  private static final String CLOUD_EVENTS_SUBJECT = "ce_subject";

  private TrackIds() {}

  /**
   * @throws RejectedException ({@link Reason#BAD_KEY}) if neither the key nor {@code ce_subject} is
   *     a track id
   */
  public static String of(byte @Nullable [] key, Headers headers) throws RejectedException {
    String keyFault = fault(key);
    if (keyFault == null && key != null) {
      return new String(key, StandardCharsets.UTF_8);
    }
    Header subject = headers.lastHeader(CLOUD_EVENTS_SUBJECT);
    if (subject != null && subject.value() != null && fault(subject.value()) == null) {
      return new String(subject.value(), StandardCharsets.UTF_8);
    }
    throw new RejectedException(
        Reason.BAD_KEY,
        "The record's key "
            + keyFault
            + "; give the track id as key, 1 to "
            + MAX_BYTES
            + " bytes of UTF-8 text, or as the header ce_subject.");
  }

  /** What is wrong with the bytes as a track id, or null. */
  private static @Nullable String fault(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return "is empty";
    }
    if (bytes.length > MAX_BYTES) {
      return "has " + bytes.length + " bytes";
    }
    try {
      // Control characters betray a key that is a serialised number, not text.
      return StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes))
              .chars()
              .anyMatch(Character::isISOControl)
          ? "has control characters"
          : null;
    } catch (CharacterCodingException e) {
      return "is not UTF-8 text";
    }
  }
}

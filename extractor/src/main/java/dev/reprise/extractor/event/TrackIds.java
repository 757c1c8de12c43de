package dev.reprise.extractor.event;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.TrackId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads the track id of an audio event: the record's key, or CloudEvents' subject if the key is not
 * a track id.
 */
public final class TrackIds {
  private static final String CLOUD_EVENTS_SUBJECT = "ce_subject";

  private TrackIds() {}

  /**
   * Returns the track id of an event.
   *
   * @throws RejectedException ({@link Reason#BAD_KEY}) if neither the key nor {@code ce_subject} is
   *     a track id
   */
  public static String of(byte @Nullable [] key, Headers headers) throws RejectedException {
    Optional<String> keyError = TrackId.fault(key);
    if (keyError.isEmpty() && key != null) {
      return new String(key, StandardCharsets.UTF_8);
    }
    Header subject = headers.lastHeader(CLOUD_EVENTS_SUBJECT);
    if (subject != null && subject.value() != null && TrackId.fault(subject.value()).isEmpty()) {
      return new String(subject.value(), StandardCharsets.UTF_8);
    }
    throw new RejectedException(
        Reason.BAD_KEY,
        "The record's key "
            + keyError.orElse("is empty")
            + "; give the track id as key, 1 to "
            + TrackId.MAX_BYTES
            + " bytes of UTF-8 text, or as the header ce_subject.");
  }
}

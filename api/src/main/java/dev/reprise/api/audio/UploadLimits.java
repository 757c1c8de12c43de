package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import dev.reprise.runtime.AudioEvents;
import java.util.Optional;

/**
 * What an upload may have.
 *
 * @param maxBytes largest size of an audio file
 * @param spool for files that do not fit into a record; empty if there is none
 */
public record UploadLimits(long maxBytes, Optional<UploadSpool> spool) {
  /** Allowance for everything in a form except the file. */
  static final int FORM_OVERHEAD_BYTES = 64 << 10;

  /** Returns the limits without a spool: what fits into a record. */
  public static UploadLimits ofRecords() {
    return new UploadLimits(AudioEvents.MAX_VALUE_BYTES, Optional.empty());
  }

  /** Returns the limits with a spool. */
  public static UploadLimits of(long maxBytes, UploadSpool spool) {
    return new UploadLimits(maxBytes, Optional.of(spool));
  }

  /** Returns the largest size of a request body, in bytes. */
  public long maxBodyBytes() {
    return maxBytes + FORM_OVERHEAD_BYTES;
  }

  /** Returns the problem of a larger file. */
  ProblemException exceeded() {
    return ProblemException.tooLarge(excess());
  }

  /** Returns the sentence about a larger file. */
  String excess() {
    return spool.isPresent()
        ? ("The audio has more than %d bytes, the --max-upload-size of this server; submit larger"
                + " files by their URI.")
            .formatted(maxBytes)
        : ("The audio has more than %d bytes, and this server has no --spool for larger files;"
                + " submit them by their URI.")
            .formatted(maxBytes);
  }
}

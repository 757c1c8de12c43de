package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;

/**
 * The size limit of a request body.
 *
 * @param bytes largest size of the body
 * @param excess problem detail for a larger body
 */
record BodyLimit(long bytes, String excess) {
  ProblemException exceeded() {
    return ProblemException.tooLarge(excess);
  }
}

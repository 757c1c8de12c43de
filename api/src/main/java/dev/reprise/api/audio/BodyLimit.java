package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;

/**
 * How much a request's body may have.
 *
 * @param excess what to tell whoever sends more
 */
record BodyLimit(int bytes, String excess) {
  ProblemException exceeded() {
    return ProblemException.tooLarge(excess);
  }
}

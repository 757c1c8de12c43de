package dev.reprise.extractor.source;

import java.time.Duration;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/**
 * The time that fetching one object may take, over all its ranges; the time between them, in which
 * the object is decoded, does not count. Not thread-safe.
 */
final class FetchBudget {
  private Duration left;

  FetchBudget(Duration limit) {
    this.left = limit;
  }

  boolean isSpent() {
    return left.isNegative() || left.isZero();
  }

  /**
   * Runs one request.
   *
   * @param request takes the time that is left
   * @throws ApiCallTimeoutException if none is left
   */
  <T> T spend(Function<Duration, T> request) {
    if (isSpent()) {
      throw ApiCallTimeoutException.builder().message("No time is left.").build();
    }
    long start = System.nanoTime();
    try {
      return request.apply(left);
    } finally {
      left = left.minusNanos(System.nanoTime() - start);
    }
  }
}

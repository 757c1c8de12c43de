package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpException;

/** Maps failures to read a request body to problems. */
final class BodyFailures {
  private BodyFailures() {}

  /** Returns the problem, with the status of an {@link HttpException} among the causes, or 400. */
  static ProblemException problem(Throwable failure) {
    int status =
        Stream.iterate(failure, it -> it != null, Throwable::getCause)
            .filter(HttpException.class::isInstance)
            .mapToInt(it -> ((HttpException) it).getCode())
            .findFirst()
            .orElse(400);
    return ProblemException.of(status, "The body does not match the headers, or ended early.");
  }
}

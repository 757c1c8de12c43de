package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpException;

/** What it tells the sender when a body does not come as it should. */
final class BodyFault {
  private BodyFault() {}

  static ProblemException problem(Throwable failure) {
    int status =
        Stream.iterate(failure, it -> it != null, Throwable::getCause)
            .filter(HttpException.class::isInstance)
            .mapToInt(it -> ((HttpException) it).getCode())
            .findFirst()
            .orElse(400);
    return ProblemException.of(
        status, "The body is not what the headers say, or did not come to its end.");
  }
}

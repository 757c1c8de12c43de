package dev.reprise.api.http;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpException;

/** What it tells the sender when a body cannot be read. */
final class BodyFault {
  /** The server knows this one by its words alone. */
  private static final String TOO_LONG = "max length exceeded";

  private BodyFault() {}

  /**
   * Whether it is a fault of our own: a disk that is full, and not a connection that broke or a
   * form that is none.
   */
  static boolean isOurs(Exception failure) {
    List<Throwable> causes = causes(failure);
    Throwable root = causes.get(causes.size() - 1);
    return root instanceof IOException && !(root instanceof EOFException);
  }

  static ProblemException problem(Exception failure) {
    if (causes(failure).stream()
        .anyMatch(it -> String.valueOf(it.getMessage()).startsWith(TOO_LONG))) {
      return ProblemException.tooLarge("The form is too large; submit larger files by their URI.");
    }
    int status =
        causes(failure).stream()
            .filter(HttpException.class::isInstance)
            .mapToInt(it -> ((HttpException) it).getCode())
            .findFirst()
            .orElse(400);
    return ProblemException.of(
        status, "The body is not what the headers say, or did not come to its end.");
  }

  private static List<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, it -> it != null, Throwable::getCause).toList();
  }
}

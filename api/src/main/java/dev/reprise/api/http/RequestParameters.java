package dev.reprise.api.http;

import dev.reprise.contract.TrackId;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Parses and validates parameters of a request's path and query. */
public final class RequestParameters {
  private RequestParameters() {}

  /** Returns the track id in the path. */
  public static String trackId(Context ctx) throws ProblemException {
    return requireTrackId(ctx.pathParam("id"));
  }

  /** Returns a track id after validating it. */
  public static String requireTrackId(String id) throws ProblemException {
    Optional<String> fault = TrackId.fault(id.getBytes(StandardCharsets.UTF_8));
    if (fault.isPresent()) {
      throw ProblemException.badRequest(
          "The track id "
              + fault.get()
              + "; it must have 1 to "
              + TrackId.MAX_BYTES
              + " bytes of UTF-8 without control characters.");
    }
    return id;
  }

  /** Returns a whole number in the query. */
  public static int count(Context ctx, String name, int min, int max, int defaultValue)
      throws ProblemException {
    Optional<String> given = QueryParameters.parameter(ctx, name);
    if (given.isEmpty()) {
      return defaultValue;
    }
    String text = given.get();
    if (text.matches("\\d{1,9}")) {
      int value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    }
    throw ProblemException.badRequest(
        "The parameter %s must be a whole number from %d to %d.".formatted(name, min, max));
  }

  /** Returns the enum constant whose label is in the query. */
  public static <E extends Enum<E>> Optional<E> word(
      Context ctx, String name, E[] values, Function<E, String> label) throws ProblemException {
    Optional<String> given = QueryParameters.parameter(ctx, name);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    Optional<E> found =
        Arrays.stream(values).filter(value -> label.apply(value).equals(given.get())).findFirst();
    if (found.isEmpty()) {
      throw ProblemException.badRequest(
          "The parameter %s must be one of %s."
              .formatted(name, Arrays.stream(values).map(label).collect(Collectors.joining(", "))));
    }
    return found;
  }
}

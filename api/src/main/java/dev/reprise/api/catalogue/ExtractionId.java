package dev.reprise.api.catalogue;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of an audio event, which is its extraction's id.
 *
 * @param topic that of audio events
 */
public record ExtractionId(String topic, int partition, long offset) {
  private static final Pattern PLACE = Pattern.compile("(.+)-(\\d{1,9})-(\\d{1,18})");

  /** Reads {@code topic-partition-offset}; empty if it is no place on that topic. */
  public static Optional<ExtractionId> parse(String text, String topic) {
    return parse(text).filter(id -> id.topic.equals(topic));
  }

  static Optional<ExtractionId> parse(String text) {
    Matcher place = PLACE.matcher(text);
    return place.matches()
        ? Optional.of(
            new ExtractionId(
                place.group(1), Integer.parseInt(place.group(2)), Long.parseLong(place.group(3))))
        : Optional.empty();
  }

  /** Whether this event stands behind another on the same partition. */
  boolean isAfter(ExtractionId other) {
    return isBeside(other) && offset > other.offset;
  }

  /** Whether both are on one partition, so that their offsets say which came first. */
  boolean isBeside(ExtractionId other) {
    return topic.equals(other.topic) && partition == other.partition;
  }

  @Override
  public String toString() {
    return topic + "-" + partition + "-" + offset;
  }
}

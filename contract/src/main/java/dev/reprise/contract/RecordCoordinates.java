package dev.reprise.contract;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Topic, partition and offset of a record. The coordinates of an audio event, as text, are the id
 * of its extraction.
 */
public record RecordCoordinates(String topic, int partition, long offset) {
  private static final Pattern TEXT = Pattern.compile("(.+)-(\\d{1,9})-(\\d{1,18})");

  /** Parses {@code topic-partition-offset}; returns empty if the text has a different form. */
  public static Optional<RecordCoordinates> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? Optional.of(
            new RecordCoordinates(
                parts.group(1), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3))))
        : Optional.empty();
  }

  /** Returns whether this record follows another on the same partition. */
  public boolean isAfter(RecordCoordinates other) {
    return isOnPartitionOf(other) && offset > other.offset;
  }

  public boolean isOnPartitionOf(RecordCoordinates other) {
    return topic.equals(other.topic) && partition == other.partition;
  }

  @Override
  public String toString() {
    return topic + "-" + partition + "-" + offset;
  }
}

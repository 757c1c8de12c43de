package dev.reprise.cli.deadletters;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** The coordinates of a record, as text {@code topic-partition-offset}. */
record Coordinates(TopicPartition partition, long offset) {
  private static final Pattern TEXT = Pattern.compile("(.+)-(\\d{1,9})-(\\d{1,18})");

  static Coordinates of(ConsumerRecord<?, ?> record) {
    return new Coordinates(new TopicPartition(record.topic(), record.partition()), record.offset());
  }

  static Coordinates of(RecordMetadata sent) {
    return new Coordinates(new TopicPartition(sent.topic(), sent.partition()), sent.offset());
  }

  static Optional<Coordinates> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Coordinates(
                new TopicPartition(matcher.group(1), Integer.parseInt(matcher.group(2))),
                Long.parseLong(matcher.group(3))))
        : Optional.empty();
  }

  String topic() {
    return partition.topic();
  }

  @Override
  public String toString() {
    return partition + "-" + offset;
  }
}

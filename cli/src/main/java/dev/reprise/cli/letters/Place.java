package dev.reprise.cli.letters;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** The coordinates of a record, as text {@code topic-partition-offset}. */
record Place(TopicPartition partition, long offset) {
  private static final Pattern TEXT = Pattern.compile("(.+)-(\\d{1,9})-(\\d{1,18})");

  static Place of(ConsumerRecord<?, ?> record) {
    return new Place(new TopicPartition(record.topic(), record.partition()), record.offset());
  }

  static Place of(RecordMetadata sent) {
    return new Place(new TopicPartition(sent.topic(), sent.partition()), sent.offset());
  }

  static Optional<Place> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Place(
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

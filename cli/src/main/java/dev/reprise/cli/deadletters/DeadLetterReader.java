package dev.reprise.cli.deadletters;

import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DeadLetterRecord;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.Permission;
import dev.reprise.runtime.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;

/** Reads the dead letter topic. */
public final class DeadLetterReader {
  private static final Duration POLL = Duration.ofMillis(500);

  private DeadLetterReader() {}

  /** Returns all committed dead letters, oldest first. */
  public static List<DeadLetterSummary> read(KafkaSettings kafka) throws ConfigurationException {
    try (ClusterCheck cluster = ClusterCheck.connect(kafka)) {
      cluster.require(List.of(Permission.topic(AclOperation.READ, kafka.topics().deadLetters())));
    }
    List<DeadLetterSummary> deadLetters = new ArrayList<>();
    try (TopicReader reader =
        TopicReader.fromBeginning(kafka, List.of(kafka.topics().deadLetters()))) {
      while (!reader.atEnd()) {
        reader
            .poll(POLL)
            .forEach(record -> deadLetters.add(DeadLetterSummary.of(record, kafka.topics())));
      }
    }
    deadLetters.sort(
        Comparator.comparing(DeadLetterSummary::time).thenComparing(DeadLetterSummary::source));
    return deadLetters;
  }

  /** Returns a dead letter with its headers; empty if it has been deleted. */
  public static Optional<DeadLetterRecord> fetch(KafkaSettings kafka, DeadLetterSummary summary) {
    try (RecordFetcher fetcher = new RecordFetcher(kafka)) {
      return fetcher.fetch(summary.coordinates()).map(DeadLetterRecord::of);
    }
  }
}

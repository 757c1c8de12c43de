package dev.reprise.cli.deadletters;

import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DeadLetter;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads the topic of dead letters. */
public final class DeadLetterReader {
  private static final Duration POLL = Duration.ofMillis(500);

  private DeadLetterReader() {}

  /** Returns all dead letters that are committed, oldest first. */
  public static List<DeadLetterSummary> read(KafkaSettings kafka) throws ConfigurationException {
    ClusterCheck.connect(kafka).close();
    List<DeadLetterSummary> letters = new ArrayList<>();
    try (TopicReader reader =
        TopicReader.fromBeginning(kafka, List.of(kafka.topics().deadLetters()))) {
      while (!reader.atEnd()) {
        reader
            .poll(POLL)
            .forEach(record -> letters.add(DeadLetterSummary.of(record, kafka.topics())));
      }
    }
    letters.sort(
        Comparator.comparing(DeadLetterSummary::time).thenComparing(DeadLetterSummary::source));
    return letters;
  }

  /** Returns a letter with its headers; empty if it has been deleted. */
  public static Optional<DeadLetter> fetch(KafkaSettings kafka, DeadLetterSummary letter) {
    try (RecordFetcher fetcher = new RecordFetcher(kafka)) {
      return fetcher.fetch(letter.place()).map(DeadLetter::of);
    }
  }
}

package dev.reprise.cli.letters;

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
public final class Letters {
  private static final Duration POLL = Duration.ofMillis(500);

  private Letters() {}

  /** Returns all dead letters that are committed, oldest first. */
  public static List<Letter> read(KafkaSettings kafka) throws ConfigurationException {
    ClusterCheck.connect(kafka).close();
    List<Letter> letters = new ArrayList<>();
    try (TopicReader reader =
        TopicReader.fromBeginning(kafka, List.of(kafka.topics().deadLetters()))) {
      while (!reader.atEnd()) {
        reader.poll(POLL).forEach(record -> letters.add(Letter.of(record, kafka.topics())));
      }
    }
    letters.sort(Comparator.comparing(Letter::time).thenComparing(Letter::source));
    return letters;
  }

  /** Returns a letter with its headers; empty if it has been deleted. */
  public static Optional<DeadLetter> fetch(KafkaSettings kafka, Letter letter) {
    try (RecordFetcher fetcher = new RecordFetcher(kafka)) {
      return fetcher.fetch(letter.place()).map(DeadLetter::of);
    }
  }
}

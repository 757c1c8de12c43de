package dev.reprise.cli.files;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Counts the files and folders that were skipped, by reason. Not thread-safe. */
final class SkippedFiles {
  /** The reason why a file or folder was skipped. */
  enum Why {
    HIDDEN("hidden"),
    NO_AUDIO_EXTENSION("non-audio"),
    EXCLUDED("excluded"),
    TRASH("trash or system"),
    NOT_A_FILE("non-regular"),
    DUPLICATE("duplicate");

    private final String description;

    Why(String description) {
      this.description = description;
    }
  }

  private final Map<Why, Integer> counts = new EnumMap<>(Why.class);

  void count(Why why) {
    counts.merge(why, 1, Integer::sum);
  }

  /** Returns one sentence, for example {@code Skipped: 2 hidden, 1 excluded.} */
  Optional<String> sentence() {
    return counts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey().description)
                .collect(Collectors.joining(", ", "Skipped: ", ".")));
  }
}

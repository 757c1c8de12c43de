package dev.reprise.cli.files;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Counts the files and folders that are left out on purpose, by why. Not thread-safe. */
final class SkippedFiles {
  /** Why a file or folder is left out. */
  enum Why {
    HIDDEN("hidden"),
    NO_AUDIO_EXTENSION("without an audio file's extension"),
    EXCLUDED("excluded"),
    TRASH("trash or system folders"),
    NO_FILE("links to nothing or devices"),
    TWICE("reached twice");

    private final String words;

    Why(String words) {
      this.words = words;
    }
  }

  private final Map<Why, Integer> counts = new EnumMap<>(Why.class);

  void count(Why why) {
    counts.merge(why, 1, Integer::sum);
  }

  /** Returns one sentence, for example {@code Passed over: 2 hidden, 1 excluded.} */
  Optional<String> sentence() {
    return counts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey().words)
                .collect(Collectors.joining(", ", "Passed over: ", ".")));
  }
}

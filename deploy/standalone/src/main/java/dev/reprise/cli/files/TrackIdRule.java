package dev.reprise.cli.files;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How a file's track id is made. */
public enum TrackIdRule {
  /** The path below the argument, without the extension unless two files differ in nothing else. */
  PATH {
    @Override
    List<String> ids(List<Found> files) {
      Map<String, Long> uses =
          files.stream().collect(Collectors.groupingBy(Found::stem, Collectors.counting()));
      return files.stream()
          .map(file -> uses.getOrDefault(file.stem(), 0L) > 1 ? file.name() : file.stem())
          .toList();
    }
  },

  /** The number that the file is named, without leading zeros: FMA's {@code 000002.mp3} is 2. */
  NUMBER {
    @Override
    List<String> ids(List<Found> files) {
      return files.stream().map(NUMBER_OF).toList();
    }
  };

  private static final Function<Found, String> NUMBER_OF =
      file -> file.fileStem().matches("\\d+") ? file.fileStem().replaceFirst("^0+(?=.)", "") : "";

  /** The ids of files, in their order; empty where the rule gives none. */
  abstract List<String> ids(List<Found> files);
}

package dev.reprise.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Topics;
import dev.reprise.extractor.ExtractorService;
import dev.reprise.runtime.Footprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FootprintsTest {
  private static final long MIB = 1 << 20;

  /**
   * A command's name, and on the next lines its heap: MiB, MiB per processor, MiB to leave free.
   */
  private static final Pattern HEAP =
      Pattern.compile("\\n  ([a-z |]+)\\)\\n[^)]*\\$\\(heap (\\d+) (\\d+) (\\d+)\\)m");

  /** The extractor starts if the topics have as many partitions as it has threads. */
  @Test
  void heapSufficesForTheExtractor() {
    for (int threads = 1; threads <= 256; threads++) {
      long needed = ExtractorService.heapBytes(threads, threads, Topics.MAX_EVENT_BYTES, 24 << 20);
      for (Footprint each : List.of(Footprints.EXTRACTOR, Footprints.SERVE, Footprints.RUN)) {
        assertThat(each.heap() + threads * each.heapPerThread()).isGreaterThanOrEqualTo(needed);
      }
    }
  }

  @Test
  void launcherAllocatesTheFootprints() throws IOException {
    Map<String, MatchResult> heaps = new HashMap<>();
    HEAP.matcher(Files.readString(Path.of("..", "reprise")))
        .results()
        .forEach(
            heap -> {
              for (String command : heap.group(1).split(" \\| ", -1)) {
                heaps.put(command, heap);
              }
            });
    Map<String, Footprint> footprints =
        Map.of(
            "extractor", Footprints.EXTRACTOR,
            "serve", Footprints.SERVE,
            "run", Footprints.RUN,
            "extract", Footprints.EXTRACT,
            "api", Footprints.API,
            "broker", Footprints.BROKER);
    assertThat(heaps).containsKeys(footprints.keySet().toArray(String[]::new));
    footprints.forEach(
        (command, footprint) -> {
          MatchResult heap = Objects.requireNonNull(heaps.get(command));
          assertThat(Long.parseLong(heap.group(2)) * MIB)
              .as(command)
              .isGreaterThanOrEqualTo(footprint.heap());
          assertThat(Long.parseLong(heap.group(3)) * MIB)
              .as(command)
              .isEqualTo(footprint.heapPerThread());
          assertThat(Long.parseLong(heap.group(4)) * MIB)
              .as(command)
              .isGreaterThanOrEqualTo(footprint.other() + footprint.otherPerThread());
        });
  }
}

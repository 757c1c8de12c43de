package dev.reprise.api.catalogue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The catalogue's meters; docs/METRICS.md describes them. Thread-safe. */
public final class CatalogueMeters {
  private final Map<String, Counter> unreadable;

  public CatalogueMeters(MeterRegistry registry) {
    this.unreadable =
        Stream.of("prediction", "clip-prediction", "truth")
            .collect(
                Collectors.toMap(
                    kind -> kind,
                    kind ->
                        Counter.builder("reprise.catalogue.unreadable")
                            .description("Records that were skipped because they could not be read")
                            .tag("kind", kind)
                            .register(registry)));
  }

  /**
   * Counts a record that could not be read. Dead letters are not counted: those of events without a
   * track id cannot have one.
   */
  void countUnreadable(String kind) {
    Counter counter = unreadable.get(kind);
    if (counter != null) {
      counter.increment();
    }
  }
}

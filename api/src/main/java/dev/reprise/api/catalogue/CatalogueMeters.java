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
                            .description("Records that were passed over: not what the topic is for")
                            .tag("kind", kind)
                            .register(registry)));
  }

  /** Dead letters are not counted: those of events without a track id have none by their nature. */
  void unreadable(String kind) {
    Counter counter = unreadable.get(kind);
    if (counter != null) {
      counter.increment();
    }
  }
}

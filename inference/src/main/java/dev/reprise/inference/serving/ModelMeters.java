package dev.reprise.inference.serving;

import dev.reprise.contract.Role;
import dev.reprise.inference.model.ModelMetadata;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/** The meters of the model of one role; docs/METRICS.md describes them. Not thread-safe. */
final class ModelMeters {
  private final MeterRegistry registry;
  private final Role role;
  private final Counter loaded;
  private final Counter failed;
  private @Nullable Gauge info;

  ModelMeters(MeterRegistry registry, Role role) {
    this.registry = registry;
    this.role = role;
    this.loaded = reloads("loaded");
    this.failed = reloads("failed");
  }

  private Counter reloads(String outcome) {
    return Counter.builder("reprise.model.reloads")
        .description("New models that were found while the service ran")
        .tag("role", role.label())
        .tag("outcome", outcome)
        .register(registry);
  }

  /** Exports this model as the one in service, in place of the previous one. */
  void setServed(ServedModel model) {
    Gauge previous = info;
    ModelMetadata metadata = model.metadata();
    info =
        Gauge.builder("reprise.model.info", () -> 1)
            .description("The model in service; always 1")
            .tag("role", role.label())
            .tag("model", metadata.name())
            .tag("version", metadata.version())
            .tag("sha256", metadata.sha256())
            .tag("provider", model.provider().label())
            .register(registry);
    if (previous != null) {
      registry.remove(previous);
    }
  }

  void countLoaded() {
    loaded.increment();
  }

  void countFailed() {
    failed.increment();
  }
}

package dev.reprise.inference.scoring;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.Stage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the records that the shadow model cannot score. They get no dead letter, because the
 * serving model may have scored them. Thread-safe.
 */
final class ShadowRejections implements RejectionHandler {
  private static final Logger log = LoggerFactory.getLogger(ShadowRejections.class);

  private final MeterRegistry registry;

  ShadowRejections(MeterRegistry registry) {
    this.registry = registry;
    for (Reason reason : Reason.values()) {
      if (reason.stage() == Stage.SCORE) {
        counter(reason);
      }
    }
  }

  private Counter counter(Reason reason) {
    return Counter.builder("reprise.shadow.failures")
        .description("Records that the shadow model could not use")
        .tag("reason", reason.label())
        .register(registry);
  }

  @Override
  public Optional<Record<byte[], byte[]>> reject(
      Record<byte[], byte[]> record, RecordMetadata source, RejectedException why) {
    counter(why.reason()).increment();
    log.debug("The shadow model rejected a record: {}", why.getMessage());
    return Optional.empty();
  }
}

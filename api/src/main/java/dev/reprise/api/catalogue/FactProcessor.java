package dev.reprise.api.catalogue;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.api.state.v1.Fact;
import dev.reprise.contract.TrackId;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parses the records of one topic into facts. Unreadable records are counted and skipped; the
 * evaluation writes dead letters for them.
 */
final class FactProcessor implements Processor<byte[], byte[], String, Fact> {
  private static final Logger log = LoggerFactory.getLogger(FactProcessor.class);

  private final FactReader reader;
  private final CatalogueMeters meters;
  private ProcessorContext<String, Fact> context;

  FactProcessor(FactReader reader, CatalogueMeters meters) {
    this.reader = reader;
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<String, Fact> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (TrackId.fault(record.key()).isPresent()) {
      meters.countUnreadable(reader.kind());
      return;
    }
    String trackId = new String(record.key(), StandardCharsets.UTF_8);
    try {
      reader
          .read(record)
          .ifPresent(
              fact ->
                  context.forward(
                      new Record<>(trackId, fact, record.timestamp(), new RecordHeaders())));
    } catch (InvalidProtocolBufferException e) {
      meters.countUnreadable(reader.kind());
      log.debug("A record of track {} is not a {}: {}", trackId, reader.kind(), e.toString());
    }
  }
}

package dev.reprise.extractor;

import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.extractor.worker.DecoderConfig;
import dev.reprise.runtime.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * @param applicationId Kafka Streams' application id, which is also the consumer group
 * @param threads stream threads; each decodes one file at a time
 * @param dataDirectory spooled files and Kafka Streams' state; one per instance
 * @param transactionTimeout longest transaction; fetching and decoding one file must fit in
 * @param httpPort metrics and health; 0 for any free port
 */
public record ExtractorConfig(
    KafkaSettings kafka,
    String applicationId,
    int threads,
    Path dataDirectory,
    SourceLimits sources,
    DecoderConfig decoder,
    Duration transactionTimeout,
    String httpHost,
    int httpPort) {

  public static final Duration DEFAULT_TRANSACTION_TIMEOUT = Duration.ofMinutes(10);

  /**
   * Twice the transaction's time and more, so that a slow file never costs the thread its
   * membership.
   */
  Duration maxPollInterval() {
    return transactionTimeout.multipliedBy(3);
  }

  /** The longest that one event may keep its thread. */
  Duration maxEventTime() {
    return sources.maxFetchTime().plus(decoder.limits().maxDecodeTime());
  }

  /**
   * What is wrong, one sentence each.
   *
   * @param brokerMaxTransaction the broker's {@code transaction.max.timeout.ms}
   */
  List<String> faults(Duration brokerMaxTransaction) {
    List<String> faults = new ArrayList<>();
    if (threads < 1) {
      faults.add("--threads is " + threads + "; it must be at least 1.");
    }
    if (maxEventTime().compareTo(transactionTimeout) >= 0) {
      faults.add(
          "--max-fetch-time and --max-decode-time together are "
              + maxEventTime().toSeconds()
              + " s; they must stay below --transaction-timeout, which is "
              + transactionTimeout.toSeconds()
              + " s, or a slow file would be aborted and retried for ever.");
    }
    if (transactionTimeout.compareTo(brokerMaxTransaction) > 0) {
      faults.add(
          "--transaction-timeout is "
              + transactionTimeout.toSeconds()
              + " s, more than the broker's transaction.max.timeout.ms of "
              + brokerMaxTransaction.toMillis()
              + " ms; lower the one or raise the other.");
    }
    return faults;
  }
}

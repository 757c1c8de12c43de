package dev.reprise.extractor.topology;

import dev.reprise.extractor.extraction.ExtractionResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The extractor's meters; docs/METRICS.md describes them. Thread-safe. */
final class ExtractorMeters {
  /** Kafka Streams' default transaction timeout; a longer event delays the others of its thread. */
  private static final Duration DELAY = Duration.ofSeconds(10);

  private final Timer decode;
  private final Timer mfcc;
  private final Counter decodedAudioSeconds;
  private final Counter completed;
  private final Counter failed;
  private final Counter withdrawn;
  private final Counter ignored;
  private final Counter delays;
  private final Counter unknownFields;

  ExtractorMeters(MeterRegistry registry) {
    this.decode = timer(registry, "reprise.decode", "Time to decode and resample a file");
    this.mfcc = timer(registry, "reprise.mfcc", "Time to compute a file's MFCCs");
    this.decodedAudioSeconds =
        Counter.builder("reprise.decoded.audio.seconds")
            .description("Seconds of audio decoded")
            .register(registry);
    this.completed = events(registry, "completed");
    this.failed = events(registry, "failed");
    this.withdrawn = events(registry, "withdrawn");
    this.ignored = events(registry, "ignored");
    this.delays =
        Counter.builder("reprise.extraction.delays")
            .description("Events that kept their stream thread for more than ten seconds")
            .register(registry);
    this.unknownFields =
        Counter.builder("reprise.event.unknown.fields")
            .description("Fields of audio events that were ignored because they are not known")
            .register(registry);
  }

  private static Timer timer(MeterRegistry registry, String name, String description) {
    return Timer.builder(name)
        .description(description)
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(1))
        .maximumExpectedValue(Duration.ofMinutes(5))
        .register(registry);
  }

  private static Counter events(MeterRegistry registry, String outcome) {
    return Counter.builder("reprise.events")
        .description("Audio events processed")
        .tag("outcome", outcome)
        .register(registry);
  }

  void recordCompleted(ExtractionResult extraction) {
    decode.record(extraction.decodeTime());
    mfcc.record(extraction.mfccTime());
    decodedAudioSeconds.increment(extraction.decodedSeconds());
    completed.increment();
  }

  void recordFailed(double decodedSeconds) {
    decodedAudioSeconds.increment(decodedSeconds);
    failed.increment();
  }

  void recordWithdrawn() {
    withdrawn.increment();
  }

  void recordIgnored() {
    ignored.increment();
  }

  void countUnknownFields(int count) {
    unknownFields.increment(count);
  }

  void recordDuration(Duration duration) {
    if (duration.compareTo(DELAY) > 0) {
      delays.increment();
    }
  }
}

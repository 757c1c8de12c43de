package dev.reprise.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Topics;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExtractorConfigTest {
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Optional<SpoolConfig> SPOOL =
      Optional.of(new SpoolConfig(new SpoolLocation.Folder(Path.of("spool")), S3Store.aws()));

  @Test
  void warnsIfUploadsAreDeletedBeforeTheirEvents() {
    ExtractorConfig config = config(SPOOL, WEEK);
    assertThat(config.spoolRetentionWarning(WEEK)).isEmpty();
    assertThat(config.spoolRetentionWarning(WEEK.plusMillis(1)))
        .contains(
            "--spool-retention is shorter than the retention of the topic reprise.audio-files.v1:"
                + " an upload that waits longer for its extraction is deleted unread.");
    assertThat(config(Optional.empty(), WEEK).spoolRetentionWarning(WEEK.plusDays(1))).isEmpty();
  }

  private static ExtractorConfig config(Optional<SpoolConfig> spool, Duration spoolRetention) {
    return new ExtractorConfig(
        new KafkaSettings(Map.of("bootstrap.servers", "127.0.0.1:9"), Topics.defaults()),
        "extractor",
        1,
        Path.of("data"),
        SourceLimits.defaults(),
        ObjectTrackIdRule.PATH,
        DecoderConfig.defaults(),
        spool,
        spoolRetention,
        EndpointsConfig.local());
  }
}

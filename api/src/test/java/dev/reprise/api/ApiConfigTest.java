package dev.reprise.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Topics;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApiConfigTest {
  private static final SpoolLocation FOLDER = new SpoolLocation.Folder(Path.of("spool"));
  private static final SpoolLocation BUCKET = new SpoolLocation.Bucket("uploads", "");

  /** A file that is moved from memory to a bucket takes both: 16 MiB, and a part of 8 MiB. */
  @Test
  void aSpoolInABucketNeedsMoreUploadMemory() {
    assertThat(errors(FOLDER, 17)).isEmpty();
    assertThat(errors(FOLDER, 16)).containsExactly("--upload-memory must be from 17MiB to 64GiB.");
    assertThat(errors(BUCKET, 25)).isEmpty();
    assertThat(errors(BUCKET, 24))
        .containsExactly("--upload-memory must be from 25MiB to 64GiB, since --spool is a bucket.");
  }

  private static List<String> errors(SpoolLocation spool, int uploadMebibytes) {
    return new ApiConfig(
            new KafkaSettings(Map.of("bootstrap.servers", "127.0.0.1:9"), Topics.defaults()),
            "api",
            Path.of("data"),
            "127.0.0.1",
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            1,
            (long) uploadMebibytes << 20,
            Optional.of(new SpoolConfig(spool, S3Store.aws())),
            ApiConfig.DEFAULT_MAX_UPLOAD_BYTES,
            ApiConfig.DEFAULT_MAX_SPOOL_BYTES,
            EndpointsConfig.local(),
            "test")
        .errors();
  }
}

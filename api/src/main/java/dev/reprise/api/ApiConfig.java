package dev.reprise.api;

import dev.reprise.api.security.ServerCertificate;
import dev.reprise.runtime.AudioEvents;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.spool.BucketSpool;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Configuration of {@link ApiService}.
 *
 * @param kafka connection to the cluster, and the topics
 * @param applicationId application id of Kafka Streams, which is also the consumer group
 * @param dataDirectory state of Kafka Streams, and the index; one per instance
 * @param apiHost host name or address to listen on
 * @param apiPort port of the API and the page; 0 for any free port
 * @param advertised address at which other instances reach the API; defaults to the address that it
 *     listens on
 * @param certificate of the API for TLS; without it, the API speaks plain HTTP
 * @param bearerToken token that requests must bear, if any
 * @param corsOrigins origins whose pages may send requests
 * @param maxEventReaders largest number of concurrent readers of the event stream
 * @param uploadMemory bytes of audio that concurrent uploads may hold
 * @param spool of audio that does not fit into a record; without one, it is refused
 * @param maxUploadBytes largest size of an audio file, if there is a spool
 * @param maxSpoolBytes bytes that the spool may hold
 * @param endpoints metrics and health
 * @param version version of this build
 */
public record ApiConfig(
    KafkaSettings kafka,
    String applicationId,
    Path dataDirectory,
    String apiHost,
    int apiPort,
    Optional<HostInfo> advertised,
    Optional<ServerCertificate> certificate,
    Optional<String> bearerToken,
    List<String> corsOrigins,
    int maxEventReaders,
    long uploadMemory,
    Optional<SpoolConfig> spool,
    long maxUploadBytes,
    long maxSpoolBytes,
    EndpointsConfig endpoints,
    String version) {
  public static final int DEFAULT_API_PORT = 8080;
  public static final int DEFAULT_MAX_EVENT_READERS = 2_000;
  public static final long DEFAULT_UPLOAD_MEMORY = 64L << 20;
  public static final long DEFAULT_MAX_UPLOAD_BYTES = 512L << 20;
  public static final long DEFAULT_MAX_SPOOL_BYTES = 10L << 30;

  /** A single upload must fit, with the buffer that a spool in a bucket takes beside it. */
  private static final long MIN_UPLOAD_MEMORY = 17L << 20;

  private static final long MIN_UPLOAD_MEMORY_WITH_BUCKET =
      MIN_UPLOAD_MEMORY + BucketSpool.PART_BYTES;

  private static final long MAX_UPLOAD_MEMORY = 64L << 30;

  /** The status has the limit as a number of 32 bits. */
  private static final long MAX_UPLOAD_BYTES = Integer.MAX_VALUE;

  /** Wildcard addresses: other instances cannot connect to them. */
  private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]");

  public ApiConfig {
    corsOrigins = List.copyOf(corsOrigins);
  }

  /** Returns the configuration errors, one sentence each. */
  List<String> errors() {
    List<String> errors = new ArrayList<>();
    if (uploadMemory < minUploadMemory() || uploadMemory > MAX_UPLOAD_MEMORY) {
      errors.add(
          "--upload-memory must be from %dMiB to 64GiB%s."
              .formatted(
                  minUploadMemory() >> 20, isSpoolInBucket() ? ", since --spool is a bucket" : ""));
    }
    if (maxUploadBytes < AudioEvents.MAX_VALUE_BYTES || maxUploadBytes > MAX_UPLOAD_BYTES) {
      errors.add("--max-upload-size must be from 16MiB to 2047MiB.");
    }
    if (maxSpoolBytes < maxUploadBytes) {
      errors.add("--max-spool-size must be at least --max-upload-size.");
    }
    if (WILDCARDS.contains(apiHost) && advertised.isEmpty()) {
      errors.add(
          "With --api-host "
              + apiHost
              + ", --advertised-address must give the address at which other instances reach"
              + " this one.");
    }
    for (String origin : corsOrigins) {
      if (!origin.matches("https?://[^/*]+")) {
        errors.add(
            "--cors-origin " + origin + " is not an origin such as https://music.example.org.");
      }
    }
    return errors;
  }

  private long minUploadMemory() {
    return isSpoolInBucket() ? MIN_UPLOAD_MEMORY_WITH_BUCKET : MIN_UPLOAD_MEMORY;
  }

  private boolean isSpoolInBucket() {
    return spool.isPresent() && spool.get().location() instanceof SpoolLocation.Bucket;
  }
}

package dev.reprise.api;

import dev.reprise.runtime.KafkaSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.state.HostInfo;

/**
 * @param applicationId Kafka Streams' application id, which is also the consumer group
 * @param dataDirectory Kafka Streams' state and the index; one per instance
 * @param apiPort of the API and the page; 0 for any free port
 * @param advertised how other instances reach the API; the address that it listens on unless given
 * @param bearerToken that requests must bear, if any
 * @param corsOrigins whose pages may ask
 * @param maxEventReaders readers of the event stream at a time
 * @param uploadMemory bytes of audio that may be held at a time
 * @param httpPort metrics and health; 0 for any free port
 * @param version of this build
 */
public record ApiConfig(
    KafkaSettings kafka,
    String applicationId,
    Path dataDirectory,
    String apiHost,
    int apiPort,
    Optional<HostInfo> advertised,
    Optional<String> bearerToken,
    List<String> corsOrigins,
    int maxEventReaders,
    long uploadMemory,
    String httpHost,
    int httpPort,
    String version) {
  public static final int DEFAULT_API_PORT = 8080;
  public static final int DEFAULT_MAX_EVENT_READERS = 2_000;
  public static final long DEFAULT_UPLOAD_MEMORY = 64L << 20;

  /** A single upload must fit. */
  private static final long MIN_UPLOAD_MEMORY = 17L << 20;

  private static final long MAX_UPLOAD_MEMORY = 64L << 30;

  /** Addresses that are nobody's: listened on, and not reached at. */
  private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::", "[::]");

  public ApiConfig {
    corsOrigins = List.copyOf(corsOrigins);
  }

  /** What is wrong, one sentence each. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    if (uploadMemory < MIN_UPLOAD_MEMORY || uploadMemory > MAX_UPLOAD_MEMORY) {
      faults.add("--upload-memory must be from 17MiB to 64GiB.");
    }
    if (bearerToken.isPresent() && bearerToken.get().isBlank()) {
      faults.add("--bearer-token is empty; leave it out to let everybody ask.");
    } else if (bearerToken.isPresent() && !bearerToken.get().matches("[!-~]+")) {
      faults.add(
          "--bearer-token must have letters, digits and signs of ASCII alone, and no blanks: no"
              + " header brings it otherwise.");
    }
    if (EVERYWHERE.contains(apiHost) && advertised.isEmpty()) {
      faults.add(
          "With --api-host "
              + apiHost
              + ", --advertised-address must say how other instances reach this"
              + " one.");
    }
    for (String origin : corsOrigins) {
      if (!origin.matches("https?://[^/*]+")) {
        faults.add("--cors-origin " + origin + " is no origin such as https://music.example.org.");
      }
    }
    return faults;
  }
}

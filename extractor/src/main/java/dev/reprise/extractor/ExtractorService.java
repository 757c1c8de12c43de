package dev.reprise.extractor;

import dev.reprise.contract.Topics;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.pool.DecoderPool;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.extractor.source.Sources;
import dev.reprise.extractor.topology.ExtractorTopology;
import dev.reprise.extractor.uploads.SpoolSweeper;
import dev.reprise.extractor.uploads.UploadDeletions;
import dev.reprise.extractor.uploads.UploadMeters;
import dev.reprise.runtime.Closer;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DataDirectory;
import dev.reprise.runtime.Endpoints;
import dev.reprise.runtime.Health;
import dev.reprise.runtime.Machine;
import dev.reprise.runtime.Permission;
import dev.reprise.runtime.Permissions;
import dev.reprise.runtime.StreamsApplication;
import dev.reprise.runtime.StreamsProperties;
import dev.reprise.spool.Spool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the extractor. Thread-safe. */
public final class ExtractorService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ExtractorService.class);
  private static final long BASE_HEAP_BYTES = 128L << 20;

  private final DataDirectory dataDirectory;
  private final DecoderPool decoders;
  private final StreamsApplication streams;
  private final Endpoints endpoints;

  /** All but the data directory and the decoders. */
  private final Closer parts;

  private final MeterRegistry registry;

  private ExtractorService(
      DataDirectory dataDirectory,
      DecoderPool decoders,
      StreamsApplication streams,
      Endpoints endpoints,
      Closer parts,
      MeterRegistry registry) {
    this.dataDirectory = dataDirectory;
    this.decoders = decoders;
    this.streams = streams;
    this.endpoints = endpoints;
    this.parts = parts;
    this.registry = registry;
  }

  /**
   * Starts the extractor and returns at once; {@link #readiness} reports when it processes events.
   *
   * @throws ConfigurationException with all errors found
   */
  public static ExtractorService start(ExtractorConfig config) throws ConfigurationException {
    return start(config, startDecoders(config.decoder(), config.threads()));
  }

  /**
   * Starts the decoder processes ahead of the service, so that they load while the caller starts
   * other components.
   *
   * @throws ConfigurationException if no process can be started
   */
  public static DecoderPool startDecoders(DecoderConfig config, int threads)
      throws ConfigurationException {
    try {
      return DecoderPool.start(config, threads);
    } catch (IOException e) {
      throw new ConfigurationException("Cannot start the decoder processes: " + e.getMessage());
    }
  }

  /**
   * Starts the extractor, as {@link #start(ExtractorConfig)}.
   *
   * @param decoders owned by the service: closed with it, and if it does not start
   */
  public static ExtractorService start(ExtractorConfig config, DecoderPool decoders)
      throws ConfigurationException {
    DataDirectory dataDirectory = null;
    try {
      checkCluster(config);
      dataDirectory = DataDirectory.open(config.dataDirectory());
      decoders.awaitReady();
      return start(config, dataDirectory, decoders);
    } catch (IOException e) {
      close(dataDirectory, decoders);
      throw new ConfigurationException("The extractor cannot start: " + e.getMessage());
    } catch (ConfigurationException | RuntimeException e) {
      close(dataDirectory, decoders);
      throw e;
    }
  }

  private static void close(@Nullable DataDirectory dataDirectory, DecoderPool decoders) {
    decoders.close();
    if (dataDirectory != null) {
      dataDirectory.close();
    }
  }

  private static ExtractorService start(
      ExtractorConfig config, DataDirectory dataDirectory, DecoderPool decoders)
      throws ConfigurationException, IOException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Path temporary = emptyTemporaryFolder(dataDirectory.path());
    Closer parts = new Closer();
    try {
      Optional<Spool> spool = openSpool(config, parts);
      Sources sources = parts.add(new Sources(config.sources(), temporary, spool));
      sources.check();
      UploadMeters meters = new UploadMeters(registry);
      UploadDeletions uploads = parts.add(new UploadDeletions(spool, meters));
      if (spool.isPresent()) {
        parts.add(
            SpoolSweeper.start(spool.get(), config.spoolRetention(), Clock.systemUTC(), meters));
      }
      StreamsApplication streams =
          parts.add(
              StreamsApplication.start(
                  ExtractorTopology.create(
                      config.kafka().topics(),
                      sources,
                      config.objectTrackIds(),
                      decoders,
                      temporary,
                      uploads,
                      registry),
                  streamsProperties(config),
                  config.kafka(),
                  permissions(config),
                  uploads,
                  registry));
      Endpoints endpoints =
          parts.add(
              Endpoints.start(config.endpoints(), registry, streams::liveness, streams::readiness));
      return new ExtractorService(dataDirectory, decoders, streams, endpoints, parts, registry);
    } catch (ConfigurationException | RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private static Optional<Spool> openSpool(ExtractorConfig config, Closer parts)
      throws ConfigurationException {
    return config.spool().isPresent()
        ? Optional.of(parts.add(Spool.open(config.spool().get())))
        : Optional.empty();
  }

  private static List<Permission> permissions(ExtractorConfig config) {
    return Permissions.extractor(config.kafka().topics(), config.applicationId());
  }

  private static void checkCluster(ExtractorConfig config) throws ConfigurationException {
    if (config.maxPollInterval().toMillis() > Integer.MAX_VALUE) {
      throw new ConfigurationException(
          "--max-fetch-time and --max-decode-time are %d days together; Kafka's"
                  .formatted(config.maxPollInterval().toDays())
              + " max.poll.interval.ms allows 24 at most. Lower one of them.");
    }
    try (ClusterCheck cluster = ClusterCheck.connect(config.kafka())) {
      cluster.require(permissions(config));
      checkHeap(config, cluster);
      cluster
          .retention(config.kafka().topics().audioFiles())
          .flatMap(config::spoolRetentionWarning)
          .ifPresent(log::warn);
    }
  }

  /**
   * Returns a sufficient Java heap, in bytes. Kafka's consumers hold an event of each partition,
   * and each thread three more copies of its current event: as received, as a record, and in a dead
   * letter; or, of an event that names its source, what reading that takes.
   *
   * @param maxEventBytes the largest event that the topic accepts
   * @param sourceBytes see {@link SourceLimits#heapBytes}
   */
  public static long heapBytes(int threads, int partitions, long maxEventBytes, long sourceBytes) {
    return BASE_HEAP_BYTES
        + partitions * maxEventBytes
        + threads * Math.max(3 * maxEventBytes, sourceBytes);
  }

  private static void checkHeap(ExtractorConfig config, ClusterCheck cluster)
      throws ConfigurationException {
    String topic = config.kafka().topics().audioFiles();
    int partitions = cluster.partitions(topic);
    long event = cluster.maxMessageBytes(topic).orElse(Topics.MAX_EVENT_BYTES);
    long needed = heapBytes(config.threads(), partitions, event, config.sourceHeapBytes());
    long heap = Machine.here().heap();
    if (heap < needed) {
      throw new ConfigurationException(
          ("A heap of %d MiB is too small for %d threads and the %d partitions of %s, whose events"
                  + " may have %d bytes: set REPRISE_JAVA_OPTS=-Xmx%dm, or lower the topic's"
                  + " max.message.bytes.")
              .formatted(
                  heap >> 20, config.threads(), partitions, topic, event, (needed >> 20) + 1));
    }
  }

  private static Properties streamsProperties(ExtractorConfig config) {
    Properties properties =
        StreamsProperties.exactlyOnce(
            config.kafka(),
            config.applicationId(),
            config.threads(),
            config.dataDirectory().resolve("streams"),
            config.maxPollInterval(),
            Topics.MAX_EVENT_BYTES);
    // Kafka Streams only commits between polls: with several events per poll, the transaction of
    // the first would stay open while the next is decoded.
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
    // Kafka's default would buffer up to three of the largest events per fetch, for each thread.
    properties.putIfAbsent(
        ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(Topics.MAX_EVENT_BYTES));
    return properties;
  }

  /**
   * Returns the folder for temporary files, without those that a killed process left there. It
   * deletes nothing else: {@code --spool} may name the same folder.
   */
  private static Path emptyTemporaryFolder(Path dataDirectory) throws IOException {
    Path spool = Files.createDirectories(dataDirectory.resolve("spool"));
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(spool, "{clips-*.spool,fetch-*.audio}")) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
    return spool;
  }

  /** Returns the meters of {@code /metrics}, for callers in the same process. */
  public MeterRegistry meters() {
    return registry;
  }

  /** Returns the port of metrics and health. */
  public int httpPort() {
    return endpoints.port();
  }

  /** Returns whether events are being processed. */
  public Health readiness() {
    return streams.readiness();
  }

  /**
   * Waits until the service has stopped.
   *
   * @return whether it was closed, rather than stopped by failures
   */
  public boolean awaitStop() throws InterruptedException {
    return StreamsApplication.awaitStop(List.of(streams));
  }

  @Override
  public void close() {
    parts.close();
    close(dataDirectory, decoders);
  }
}

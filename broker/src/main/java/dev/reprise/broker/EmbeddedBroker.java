package dev.reprise.broker;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A real Kafka broker and its KRaft controller in this JVM: a single-node cluster.
 *
 * <p>It is assembled from the same three components as {@code kafka.server.KafkaRaftServer}, which
 * does not accept sockets that are already bound (see {@link ListeningSockets}). Several instances
 * can run in one JVM. {@link #close} is idempotent and may be called from any thread.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final String LOOPBACK = "127.0.0.1";

  /** Ten times the broker's session timeout. */
  private static final Duration FENCE_TIMEOUT = Duration.ofMinutes(1);

  private final Storage storage;
  private final ListeningSockets sockets;
  private final SharedServer shared;
  private final ControllerServer controller;
  private final BrokerServer broker;
  private final String bootstrapServers;
  private final @Nullable Credentials credentials;
  private boolean closed;

  private EmbeddedBroker(
      Storage storage,
      ListeningSockets sockets,
      KafkaConfig config,
      String bootstrapServers,
      @Nullable Credentials credentials) {
    this.storage = storage;
    this.sockets = sockets;
    this.bootstrapServers = bootstrapServers;
    this.credentials = credentials;
    Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> directories =
        KafkaRaftServer.initializeLogDirs(config, log, "");
    this.shared =
        new SharedServer(
            config,
            directories._1(),
            Time.SYSTEM,
            new Metrics(),
            CompletableFuture.completedFuture(
                QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
            List.of(),
            new StandardFaultHandlerFactory(),
            sockets);
    this.broker = new BrokerServer(shared);
    this.controller =
        new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2());
  }

  /** Starts a broker on a free loopback port, with its data in a temporary directory. */
  public static EmbeddedBroker start() throws IOException {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Returns the client listener's advertised address, {@code host:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Returns the settings that clients need, with the address and the credentials. */
  public Map<String, String> clientSettings() {
    Map<String, String> settings =
        new HashMap<>(credentials == null ? Map.of() : credentials.clientSettings());
    settings.put("bootstrap.servers", bootstrapServers);
    return settings;
  }

  /** Waits until the broker has been closed or has stopped on its own. */
  public void awaitStop() {
    broker.awaitShutdown();
  }

  private void startup() {
    controller.startup();
    StaleRegistration.awaitFenced(shared, BrokerSettings.NODE_ID, FENCE_TIMEOUT);
    broker.startup();
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (storage;
        sockets) {
      broker.shutdown();
      controller.shutdown();
    }
  }

  /** Options of the broker, all with defaults. Not thread-safe. */
  public static final class Builder {
    private String host = LOOPBACK;
    private @Nullable String advertisedHost;
    private int port;
    private @Nullable Path dataDirectory;
    private @Nullable Credentials credentials;
    private final Map<String, String> overrides = new HashMap<>();

    private Builder() {}

    /** Sets the address to listen on; loopback by default. */
    public Builder host(String host) {
      this.host = host;
      return this;
    }

    /** Sets the host advertised to clients; {@link #host} by default. */
    public Builder advertisedHost(String advertisedHost) {
      this.advertisedHost = advertisedHost;
      return this;
    }

    /** Sets the port to listen on; 0, the default, for any free port. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /**
     * Sets the data directory. An existing directory is reused with its cluster id, topics and
     * records. By default a temporary directory that {@link #close} deletes.
     */
    public Builder dataDirectory(Path dataDirectory) {
      this.dataDirectory = dataDirectory;
      return this;
    }

    /**
     * Makes the broker require a user and password of its clients, by SASL PLAIN, which it does not
     * encrypt. By default every client that reaches it may use it.
     */
    public Builder credentials(String user, String password) {
      this.credentials = new Credentials(user, password);
      return this;
    }

    /** Sets a Kafka server setting, which overrides the broker's own. */
    public Builder setting(String name, String value) {
      overrides.put(name, value);
      return this;
    }

    /**
     * Starts the broker and returns once it serves clients.
     *
     * @throws IOException with one sentence, if the port or the directory is in use, or the
     *     directory is not writable
     */
    public EmbeddedBroker start() throws IOException {
      ListeningSockets sockets = new ListeningSockets();
      Storage storage = null;
      EmbeddedBroker broker = null;
      try {
        int clientPort = bindClients(sockets);
        String controller = LOOPBACK + ":" + sockets.bind(BrokerSettings.CONTROLLER, LOOPBACK, 0);
        storage = dataDirectory == null ? Storage.temporary() : Storage.open(dataDirectory);
        storage.format(BrokerSettings.NODE_ID, BrokerSettings.CONTROLLER);
        String advertised = (advertisedHost == null ? host : advertisedHost) + ":" + clientPort;
        Map<String, String> settings =
            BrokerSettings.of(host + ":" + clientPort, advertised, controller, storage.directory());
        if (credentials != null) {
          settings.putAll(credentials.brokerSettings());
        }
        settings.putAll(overrides);
        broker =
            new EmbeddedBroker(
                storage, sockets, new KafkaConfig(settings, false), advertised, credentials);
        broker.startup();
        return broker;
      } catch (IOException | RuntimeException e) {
        closeAll(e, broker, storage, sockets);
        throw e;
      }
    }

    private int bindClients(ListeningSockets sockets) throws IOException {
      try {
        return sockets.bind(BrokerSettings.CLIENTS, host, port);
      } catch (BindException e) {
        throw new IOException(
            "The broker cannot listen on " + host + ":" + port + ": " + e.getMessage() + ".", e);
      }
    }

    private static void closeAll(Exception reason, @Nullable AutoCloseable... parts) {
      for (AutoCloseable part : parts) {
        try {
          if (part != null) {
            part.close();
          }
        } catch (Exception e) {
          reason.addSuppressed(e);
        }
      }
    }
  }
}

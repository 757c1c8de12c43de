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
 * A real Kafka broker and its KRaft controller in this JVM, a cluster of one.
 *
 * <p>It is put together as {@code kafka.server.KafkaRaftServer} does it, from the same three parts,
 * because only so can it be handed sockets that are already bound (see {@link ListeningSockets}).
 * Several can run side by side. {@link #close} may be called from any thread, and again.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final String LOOPBACK = "127.0.0.1";

  /** Many times the broker's session. */
  private static final Duration LAPSE_TIMEOUT = Duration.ofMinutes(1);

  private final Storage storage;
  private final ListeningSockets sockets;
  private final SharedServer shared;
  private final ControllerServer controller;
  private final BrokerServer broker;
  private final String bootstrapServers;
  private boolean closed;

  private EmbeddedBroker(
      Storage storage, ListeningSockets sockets, KafkaConfig config, String bootstrapServers) {
    this.storage = storage;
    this.sockets = sockets;
    this.bootstrapServers = bootstrapServers;
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

  /** Starts a broker on a free loopback port, its storage in a temporary directory. */
  public static EmbeddedBroker start() throws IOException {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Where clients connect, as {@code host:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Waits until the broker has been closed or has stopped by itself. */
  public void awaitStop() {
    broker.awaitShutdown();
  }

  private void startup() {
    controller.startup();
    EarlierRegistration.awaitLapse(shared, BrokerSettings.NODE_ID, LAPSE_TIMEOUT);
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

  /** What may be chosen; everything has a default. Not thread-safe. */
  public static final class Builder {
    private String host = LOOPBACK;
    private @Nullable String advertisedHost;
    private int port;
    private @Nullable Path dataDirectory;
    private final Map<String, String> overrides = new HashMap<>();

    private Builder() {}

    /** The address to listen on; loopback unless given. */
    public Builder host(String host) {
      this.host = host;
      return this;
    }

    /** The host that clients are told to connect to; {@link #host} unless given. */
    public Builder advertisedHost(String advertisedHost) {
      this.advertisedHost = advertisedHost;
      return this;
    }

    /** The port to listen on; 0, the default, for any free one. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /**
     * Where to keep the data. A directory that an earlier broker filled is taken up again, with its
     * cluster id, topics and records. Unless given, a temporary one that {@link #close} deletes.
     */
    public Builder dataDirectory(Path dataDirectory) {
      this.dataDirectory = dataDirectory;
      return this;
    }

    /** A server setting as Kafka names it, over the broker's own choice. */
    public Builder setting(String name, String value) {
      overrides.put(name, value);
      return this;
    }

    /**
     * Starts the broker and returns once it serves clients.
     *
     * @throws IOException with one sentence, if the port is taken, or the directory cannot be
     *     written or is in use
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
        settings.putAll(overrides);
        broker = new EmbeddedBroker(storage, sockets, new KafkaConfig(settings, false), advertised);
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

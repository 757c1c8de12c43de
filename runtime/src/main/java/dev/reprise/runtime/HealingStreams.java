package dev.reprise.runtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka Streams client that recovers from transient failures. A failed thread is replaced. Local
 * state that cannot be opened is set aside, and a new client replaces this one and rebuilds the
 * state from Kafka. Repeated failures stop the client permanently, so that the orchestrator can
 * restart the process. Thread-safe.
 */
final class HealingStreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HealingStreams.class);
  private static final int MAX_REPLACEMENTS = 10;
  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final Supplier<KafkaStreams> clientFactory;
  private final LocalState state;
  private final MeterRegistry registry;
  private final Counter rebuilds;
  private final CompletableFuture<Boolean> stopped = new CompletableFuture<>();
  private final CountDownLatch running = new CountDownLatch(1);
  private final Deque<Instant> replacements = new ArrayDeque<>();
  private volatile @Nullable Client client;

  /** True until the first client has started, and while a client is being replaced. */
  private volatile boolean starting = true;

  private volatile boolean closed;
  private @Nullable Instant lastRebuild;

  private record Client(KafkaStreams streams, KafkaStreamsMetrics metrics) {
    /** Closes the client and returns whether its threads have ended and released its files. */
    boolean close() {
      // Leaving the group reassigns the partitions at once. By default the group, and a restarted
      // service, would wait for the session timeout of the closed member.
      boolean ended =
          streams.close(
              CloseOptions.timeout(CLOSE_TIMEOUT)
                  .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
      metrics.close();
      return ended;
    }
  }

  /**
   * Starts a client, and a second one if the local state of the first is broken.
   *
   * @param clientFactory creates a client that has not been started
   * @param state the clients' state directory
   */
  HealingStreams(
      Supplier<KafkaStreams> clientFactory,
      LocalState state,
      MeterRegistry registry,
      String applicationId) {
    this.clientFactory = clientFactory;
    this.state = state;
    this.registry = registry;
    this.rebuilds =
        Counter.builder("reprise.state.rebuilds")
            .description("Times that local state could not be opened and was rebuilt from Kafka")
            .tag("application", applicationId)
            .register(registry);
    try {
      open();
    } catch (RuntimeException e) {
      if (!state.isBroken(e)) {
        throw e;
      }
      lastRebuild = Instant.now();
      setAside(e);
      open();
    }
  }

  /**
   * Starts a new client. Synchronised, so that its failures are handled only once it has started.
   */
  private synchronized void open() {
    KafkaStreams streams = clientFactory.get();
    streams.setUncaughtExceptionHandler(this::onFailure);
    // Ignores state changes of a replaced client.
    streams.setStateListener(
        (newState, oldState) -> {
          if (currentClient().streams.equals(streams)) {
            onStateChange(newState);
          }
        });
    Client opened = new Client(streams, new KafkaStreamsMetrics(streams));
    client = opened;
    opened.metrics.bindTo(registry);
    try {
      if (!closed) {
        // Throws if, for example, a global store cannot be read.
        streams.start();
      }
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
    if (closed) {
      opened.close();
    }
    starting = false;
    onStateChange(streams.state());
  }

  private void onStateChange(KafkaStreams.State newState) {
    if (newState == KafkaStreams.State.RUNNING) {
      running.countDown();
    }
    if (newState.hasCompletedShutdown() && !starting) {
      stopped.complete(newState == KafkaStreams.State.NOT_RUNNING);
    }
  }

  private synchronized StreamThreadExceptionResponse onFailure(Throwable failure) {
    if (starting || closed) {
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    Instant now = Instant.now();
    boolean isBroken = state.isBroken(failure);
    if (isBroken && (lastRebuild == null || lastRebuild.isBefore(now.minus(WINDOW)))) {
      lastRebuild = now;
      starting = true;
      Thread rebuilding = new Thread(() -> rebuild(failure), "state-rebuild");
      rebuilding.setDaemon(true);
      rebuilding.start();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    replacements.removeIf(at -> at.isBefore(now.minus(WINDOW)));
    replacements.add(now);
    if (isBroken || failure instanceof Error || replacements.size() > MAX_REPLACEMENTS) {
      log.error("Stopping after repeated or unrecoverable failures", failure);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    log.error("A stream thread failed; replacing it", failure);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  private void rebuild(Throwable failure) {
    try {
      if (!currentClient().close()) {
        throw new IllegalStateException("The stream threads did not stop in time.");
      }
      setAside(failure);
      open();
    } catch (RuntimeException | Error e) {
      if (!closed) {
        log.error("The local state cannot be rebuilt", e);
      }
      starting = false;
      stopped.complete(false);
    }
  }

  private void setAside(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    Path target = state.setAside();
    rebuilds.increment();
    log.warn(
        "The local state in {} cannot be opened ({}). Renamed to {}; rebuilding it from Kafka.",
        state.folder(),
        cause.getMessage(),
        target.getFileName());
  }

  /** Returns the current client; a rebuild of the state replaces it. */
  KafkaStreams client() {
    return currentClient().streams;
  }

  private Client currentClient() {
    return Objects.requireNonNull(client);
  }

  /** Returns whether a client is being started or replaced. */
  boolean isStarting() {
    return starting;
  }

  /** Returns a future that completes when the last client stops; true if it was closed. */
  CompletableFuture<Boolean> stopped() {
    return stopped.copy();
  }

  /** Returns a latch that is released when records are processed for the first time. */
  CountDownLatch running() {
    return running;
  }

  @Override
  public void close() {
    closed = true;
    currentClient().close();
    // No client completes the future if closed during a rebuild.
    stopped.complete(true);
  }
}

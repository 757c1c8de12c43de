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
 * A Kafka Streams client that outlives what passes. A thread that fails is replaced. Where local
 * state cannot be opened, it is set aside, and a new client takes the place of this one and
 * rebuilds it from Kafka. What keeps failing stops for good, so that the orchestrator can restart
 * it. Thread-safe.
 */
final class HealingStreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HealingStreams.class);
  private static final int MAX_REPLACEMENTS = 10;
  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final Supplier<KafkaStreams> clients;
  private final LocalState state;
  private final MeterRegistry registry;
  private final Counter rebuilds;
  private final CompletableFuture<Boolean> stopped = new CompletableFuture<>();
  private final CountDownLatch running = new CountDownLatch(1);
  private final Deque<Instant> replacements = new ArrayDeque<>();
  private volatile @Nullable Client client;

  /** While a client that has stopped is about to get a successor. */
  private volatile boolean starting = true;

  private volatile boolean closed;
  private @Nullable Instant rebuilt;

  private record Client(KafkaStreams streams, KafkaStreamsMetrics metrics) {
    /** Whether its threads have ended, so that nothing of it is open any more. */
    boolean close() {
      // Leaving hands the partitions on at once; by default the group would wait for a member that
      // has gone until its session times out, and a restarted service with it.
      boolean ended =
          streams.close(
              CloseOptions.timeout(CLOSE_TIMEOUT)
                  .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
      metrics.close();
      return ended;
    }
  }

  /**
   * Starts a client, once more if its state was broken.
   *
   * @param clients creates a client that has not been started
   * @param state the clients' folder
   */
  HealingStreams(
      Supplier<KafkaStreams> clients,
      LocalState state,
      MeterRegistry registry,
      String applicationId) {
    this.clients = clients;
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
      rebuilt = Instant.now();
      setAside(e);
      open();
    }
  }

  /** Its threads' failures wait until it is started. */
  private synchronized void open() {
    KafkaStreams streams = clients.get();
    streams.setUncaughtExceptionHandler(this::onFailure);
    // What an earlier client still says no longer counts.
    streams.setStateListener(
        (now, before) -> {
          if (presentClient().streams.equals(streams)) {
            note(now);
          }
        });
    Client opened = new Client(streams, new KafkaStreamsMetrics(streams));
    client = opened;
    opened.metrics.bindTo(registry);
    try {
      if (!closed) {
        // Throws where a global store cannot be read, for one.
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
    note(streams.state());
  }

  private void note(KafkaStreams.State now) {
    if (now == KafkaStreams.State.RUNNING) {
      running.countDown();
    }
    if (now.hasCompletedShutdown() && !starting) {
      stopped.complete(now == KafkaStreams.State.NOT_RUNNING);
    }
  }

  private synchronized StreamThreadExceptionResponse onFailure(Throwable failure) {
    if (starting || closed) {
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    Instant now = Instant.now();
    boolean isBroken = state.isBroken(failure);
    if (isBroken && (rebuilt == null || rebuilt.isBefore(now.minus(WINDOW)))) {
      rebuilt = now;
      starting = true;
      Thread rebuilding = new Thread(() -> rebuild(failure), "state-rebuild");
      rebuilding.setDaemon(true);
      rebuilding.start();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    replacements.removeIf(at -> at.isBefore(now.minus(WINDOW)));
    replacements.add(now);
    if (isBroken || failure instanceof Error || replacements.size() > MAX_REPLACEMENTS) {
      log.error("Stopping after a failure that does not pass", failure);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    log.error("A stream thread failed and is replaced", failure);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  private void rebuild(Throwable failure) {
    try {
      if (!presentClient().close()) {
        throw new IllegalStateException("its threads do not end");
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
        "The local state in {} cannot be opened ({}); it is now {}, and is rebuilt from Kafka",
        state.folder(),
        cause.getMessage(),
        target.getFileName());
  }

  /** The present client; another one once its state had to be rebuilt. */
  KafkaStreams client() {
    return presentClient().streams;
  }

  private Client presentClient() {
    return Objects.requireNonNull(client);
  }

  /** Between one client and the next. */
  boolean isStarting() {
    return starting;
  }

  /** Completed when the last client has stopped, with whether it was closed. */
  CompletableFuture<Boolean> stopped() {
    return stopped.copy();
  }

  /** Reached when records are processed for the first time. */
  CountDownLatch running() {
    return running;
  }

  @Override
  public void close() {
    closed = true;
    presentClient().close();
    // Of one that was closed between two clients.
    stopped.complete(true);
  }
}

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
import java.util.concurrent.TimeUnit;
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
 * state from Kafka. If the cluster denies access, a new client waits for the permission. Repeated
 * failures stop the client permanently, so that the orchestrator can restart the process.
 * Thread-safe.
 */
final class HealingStreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HealingStreams.class);
  private static final int MAX_REPLACEMENTS = 10;
  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  /** Waits between two checks of missing permissions; each is twice the one before. */
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  private static final Duration MAX_WAIT = Duration.ofSeconds(15);

  /** A restart reads the credentials again, from files that may have changed. */
  private static final Duration MAX_REJECTION = Duration.ofSeconds(30);

  private final Supplier<KafkaStreams> clientFactory;
  private final GroupMembershipOperation membershipOnClose;
  private final LocalState state;
  private final PermissionWatch permissions;
  private final MeterRegistry registry;
  private final Counter rebuilds;
  private final CompletableFuture<Boolean> stopped = new CompletableFuture<>();
  private final CountDownLatch running = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Deque<Instant> replacements = new ArrayDeque<>();
  private volatile @Nullable Client client;

  /** True until the first client has started, and while a client is being replaced. */
  private volatile boolean starting = true;

  private volatile boolean closed;
  private @Nullable Instant lastRebuild;

  /** The next wait for a permission, and when the last one was over. */
  private Duration wait = FIRST_WAIT;

  private Instant lastWait = Instant.EPOCH;

  private record Client(KafkaStreams streams, KafkaStreamsMetrics metrics) {
    /** Closes the client and returns whether its threads have ended and released its files. */
    boolean close(GroupMembershipOperation membership) {
      boolean ended =
          streams.close(
              CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(membership));
      metrics.close();
      return ended;
    }
  }

  /**
   * Starts a client, and a second one if the local state of the first is broken.
   *
   * @param clientFactory creates a client that has not been started
   * @param membershipOnClose whether a client leaves its group when it is closed
   * @param state the clients' state directory
   * @param permissions those of the clients, for which a new client waits
   */
  HealingStreams(
      Supplier<KafkaStreams> clientFactory,
      GroupMembershipOperation membershipOnClose,
      LocalState state,
      PermissionWatch permissions,
      MeterRegistry registry,
      String applicationId) {
    this.clientFactory = clientFactory;
    this.membershipOnClose = membershipOnClose;
    this.state = state;
    this.permissions = permissions;
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
      opened.close(membershipOnClose);
      throw e;
    }
    if (closed) {
      opened.close(membershipOnClose);
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
    if (PermissionWatch.isDenied(failure)) {
      replaceClient("access-wait", () -> reopenWhenPermitted(failure));
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    boolean isBroken = state.isBroken(failure);
    if (isBroken && (lastRebuild == null || lastRebuild.isBefore(now.minus(WINDOW)))) {
      lastRebuild = now;
      replaceClient("state-rebuild", () -> rebuild(failure));
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

  private interface Replacement {
    void run() throws InterruptedException;
  }

  /** Closes the client, whose threads shut down, and opens another on a thread of its own. */
  private void replaceClient(String name, Replacement replacement) {
    starting = true;
    Thread thread =
        new Thread(
            () -> {
              try {
                if (!currentClient().close(membershipOnClose)) {
                  throw new IllegalStateException("The stream threads did not stop in time.");
                }
                replacement.run();
                if (closed) {
                  // Without a new client, if closed while waiting for a permission.
                  starting = false;
                }
              } catch (RuntimeException | Error e) {
                if (!closed) {
                  log.error("The Kafka Streams client cannot be replaced", e);
                }
                starting = false;
                stopped.complete(false);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private void rebuild(Throwable failure) {
    setAside(failure);
    open();
  }

  /**
   * Opens a client once the cluster permits what it has denied. New threads would fail in the same
   * way, each with a dozen lines in the log. The waits grow even over several clients: a check does
   * not find every denial.
   */
  private void reopenWhenPermitted(Throwable failure) throws InterruptedException {
    log.debug("Access is denied; waiting for it", failure);
    if (lastWait.isBefore(Instant.now().minus(WINDOW))) {
      wait = FIRST_WAIT;
    }
    Throwable denial = failure;
    while (!closed) {
      if (permissions.check(true)) {
        permissions.recordDenial(denial);
      }
      do {
        if (permissions.rejectedFor().compareTo(MAX_REJECTION) > 0) {
          // New connections are opened with the credentials that were read at the start.
          throw new IllegalStateException(
              "The credentials were rejected for %d s. A restart reads them again."
                  .formatted(MAX_REJECTION.toSeconds()));
        }
        if (closing.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        wait = wait.multipliedBy(2).compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait.multipliedBy(2);
      } while (!permissions.check(true));
      lastWait = Instant.now();
      try {
        open();
        return;
      } catch (RuntimeException e) {
        if (!PermissionWatch.isDenied(e)) {
          throw e;
        }
        denial = e;
      }
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
    closing.countDown();
    currentClient().close(membershipOnClose);
    // No client completes the future if closed during a rebuild.
    stopped.complete(true);
  }
}

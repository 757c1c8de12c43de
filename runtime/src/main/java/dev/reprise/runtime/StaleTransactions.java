package dev.reprise.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Aborts the transactions of dead instances of a Streams application.
 *
 * <p>A killed instance leaves its transaction open, and until the transaction's timeout no
 * read_committed reader gets past it. Long decodes need a timeout of minutes, so waiting for it
 * would stall everything downstream. A restarted instance does not help either: an application
 * without state stores draws a new process id, and so a new transactional id, at each start.
 *
 * <p>Under exactly_once_v2 the transactional id is {@code applicationId-processId-thread} and the
 * group member's client id begins with {@code applicationId-processId}: a transaction whose process
 * has no member in the group is stale. The transactions are listed before the members, so that an
 * instance that joins in between is not taken for dead.
 */
final class StaleTransactions implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StaleTransactions.class);
  private static final Duration PERIOD = Duration.ofSeconds(3);

  private final Admin admin;
  private final String applicationId;
  private final ScheduledExecutorService executor;
  private volatile Instant lastAnswer = Instant.now();

  private StaleTransactions(Admin admin, String applicationId) {
    this.admin = admin;
    this.applicationId = applicationId;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, applicationId + "-stale-transactions");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Starts to watch. The caller keeps {@code admin} open until after {@link #close}. */
  static StaleTransactions watch(Admin admin, String applicationId) {
    StaleTransactions watcher = new StaleTransactions(admin, applicationId);
    watcher.executor.scheduleWithFixedDelay(
        watcher::sweep, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    return watcher;
  }

  /** When the cluster last answered a question of the watcher's. */
  Instant lastAnswer() {
    return lastAnswer;
  }

  private void sweep() {
    try {
      List<String> stale = findStale();
      lastAnswer = Instant.now();
      if (!stale.isEmpty()) {
        admin.fenceProducers(stale).all().get();
        log.info("Aborted the open transactions of dead instances: {}", stale);
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof RetriableException)) {
        lastAnswer = Instant.now();
      }
      log.warn(
          "Could not abort the transactions of dead instances of {}, they end at their timeout: {}",
          applicationId,
          String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // An escaping exception would silently end the schedule.
      log.warn("Could not look for transactions of dead instances of {}", applicationId, e);
    }
  }

  private List<String> findStale() throws ExecutionException, InterruptedException {
    ListTransactionsOptions longOpen =
        new ListTransactionsOptions()
            .filterStates(Set.of(TransactionState.ONGOING))
            .filterOnDuration(PERIOD.toMillis());
    List<String> open =
        admin.listTransactions(longOpen).all().get().stream()
            .map(TransactionListing::transactionalId)
            .filter(id -> id.matches(processPattern() + "-\\d+"))
            .toList();
    if (open.isEmpty()) {
      return open;
    }
    Set<String> alive =
        members().stream().map(member -> processOf(member.clientId())).collect(Collectors.toSet());
    if (alive.stream().anyMatch(process -> !process.matches(processPattern()))) {
      log.warn(
          "Group {} has members with client ids of their own; no transaction is aborted",
          applicationId);
      return List.of();
    }
    return open.stream().filter(id -> !alive.contains(processOf(id))).toList();
  }

  private Collection<MemberDescription> members() throws ExecutionException, InterruptedException {
    try {
      return admin.describeConsumerGroups(List.of(applicationId)).all().get().values().stream()
          .flatMap(group -> group.members().stream())
          .toList();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return List.of();
      }
      throw e;
    }
  }

  private String processPattern() {
    return Pattern.quote(applicationId) + "-[0-9a-f-]{36}";
  }

  /** The prefix that names the instance: {@code applicationId-} and a UUID of 36 characters. */
  private String processOf(String id) {
    return id.substring(0, Math.min(id.length(), applicationId.length() + 37));
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}

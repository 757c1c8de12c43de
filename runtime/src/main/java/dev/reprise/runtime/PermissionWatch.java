package dev.reprise.runtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the permissions of a running application. Each loss is logged once, as is each return.
 * Thread-safe.
 */
final class PermissionWatch {
  private static final Logger log = LoggerFactory.getLogger(PermissionWatch.class);

  /**
   * When a loss was logged, by its sentence, so that the applications of a process, which share
   * topics, log it once.
   */
  private static final Map<String, Instant> LOGGED = new ConcurrentHashMap<>();

  /**
   * Ends the message of a producer whose offsets are refused, in an exception of no special type.
   */
  private static final String DENIED = " authorization failed.";

  /**
   * Time in which a failure may still report a permission that has returned, and for which a denial
   * that no check finds counts as a loss.
   */
  private static final Duration ECHO = Duration.ofSeconds(30);

  private final KafkaSettings kafka;
  private final PermissionCheck check;
  private final Counter losses;

  /** The sentences of this application's current losses. */
  private final Set<String> lost = new HashSet<>();

  /** What the cluster has denied although no check finds it, and when it did so last. */
  private String denial = "";

  private Instant lastDenial = Instant.EPOCH;

  private volatile Health health = Health.UP;
  private volatile Instant lastReturn = Instant.EPOCH;
  private volatile @Nullable Instant rejectedSince;

  PermissionWatch(
      KafkaSettings kafka, PermissionCheck check, MeterRegistry registry, String applicationId) {
    this.kafka = kafka;
    this.check = check;
    this.losses =
        Counter.builder("reprise.permission.losses")
            .description("Times that a running application found that it lacked a permission")
            .tag("application", applicationId)
            .register(registry);
  }

  /** Returns whether a failure means that the cluster denies access, which retries do not mend. */
  static boolean isDenied(Throwable failure) {
    for (Throwable it = failure; it != null; it = it.getCause()) {
      if (it instanceof AuthorizationException
          || it instanceof AuthenticationException
          || String.valueOf(it.getMessage()).endsWith(DENIED)) {
        return true;
      }
    }
    return false;
  }

  /** Returns down while a permission is missing that the application's work requires. */
  Health health() {
    return health;
  }

  /** Returns how long the brokers have rejected the credentials; zero if they accept them. */
  Duration rejectedFor() {
    Instant since = rejectedSince;
    return since == null ? Duration.ZERO : Duration.between(since, Instant.now());
  }

  /**
   * Checks the permissions; always thoroughly while one is missing, or what a thorough check has
   * found would be withdrawn by the next. Where clients do not authenticate, there is nothing to
   * check before the cluster has denied them something.
   *
   * @param thorough as for {@link PermissionCheck#missing}
   * @return whether the application has those that its work requires, as far as the check can tell
   */
  boolean check(boolean thorough) throws InterruptedException {
    if (!kafka.isAuthenticated() && health.isUp()) {
      return true;
    }
    try {
      List<Permission> missing = check.missing(thorough || !health.isUp());
      update(missing);
      return missing.stream().noneMatch(Permission::isRequired);
    } catch (ExecutionException e) {
      log.debug("The permissions cannot be checked", e);
      if (e.getCause() instanceof AuthenticationException rejection) {
        recordRejection(rejection);
      }
      return false;
    }
  }

  /**
   * Records that the cluster denied access, for a reason that the check did not find: the
   * permission may have been taken away for a moment, or for some hosts only.
   */
  synchronized void recordDenial(Throwable failure) {
    Throwable denied = failure;
    while (denied.getCause() != null
        && !(denied instanceof AuthorizationException)
        && !(denied instanceof AuthenticationException)) {
      denied = denied.getCause();
    }
    if (denied instanceof AuthenticationException rejection) {
      recordRejection(rejection);
      return;
    }
    Instant now = Instant.now();
    if (!denial.isEmpty()) {
      lastDenial = now;
    } else if (health.isUp() && lastReturn.isBefore(now.minus(ECHO))) {
      add("Kafka denies access to %s: %s".formatted(principal(), denied.getMessage()));
    }
  }

  private synchronized void recordRejection(AuthenticationException rejection) {
    if (rejectedSince == null) {
      rejectedSince = Instant.now();
    }
    add(
        "The Kafka broker at %s rejects the credentials of %s: %s"
            .formatted(kafka.bootstrapServers(), principal(), rejection.getMessage()));
  }

  /** Adds a denial to the permissions that the last check found missing. */
  private void add(String sentence) {
    Set<String> sentences = new HashSet<>(lost);
    sentences.remove(denial);
    sentences.add(sentence);
    denial = sentence;
    lastDenial = Instant.now();
    update(sentences, sentence);
  }

  private String principal() {
    return kafka.principal().text();
  }

  private synchronized void update(List<Permission> missing) {
    if (lastDenial.isBefore(Instant.now().minus(ECHO))) {
      denial = "";
      rejectedSince = null;
    }
    Set<String> sentences = new HashSet<>();
    String reason = "";
    if (!denial.isEmpty()) {
      sentences.add(denial);
      reason = denial;
    }
    for (Permission permission : missing) {
      String sentence = permission.missing(kafka.principal());
      sentences.add(sentence);
      if (permission.isRequired() && (reason.isEmpty() || reason.equals(denial))) {
        reason = sentence;
      }
    }
    update(sentences, reason);
  }

  private void update(Set<String> sentences, String reason) {
    for (String sentence : sentences) {
      if (lost.add(sentence)) {
        losses.increment();
        if (LOGGED.putIfAbsent(sentence, Instant.now()) == null) {
          log.warn("{}", sentence);
        }
      }
    }
    lost.removeIf(
        sentence -> {
          boolean back = !sentences.contains(sentence);
          if (back) {
            lastReturn = Instant.now();
          }
          Instant since = back ? LOGGED.remove(sentence) : null;
          if (since != null) {
            log.warn(
                "Access is granted again after {} s. It was: {}",
                Duration.between(since, Instant.now()).toSeconds(),
                sentence);
          }
          return back;
        });
    health = reason.isEmpty() ? Health.UP : Health.down(reason);
  }
}

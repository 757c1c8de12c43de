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

  /** Time in which a failure may still report a permission that has returned. */
  private static final Duration ECHO = Duration.ofSeconds(30);

  private final KafkaSettings kafka;
  private final PermissionCheck check;
  private final Counter losses;

  /** The sentences of this application's current losses. */
  private final Set<String> lost = new HashSet<>();

  private volatile Health health = Health.UP;
  private volatile Instant lastReturn = Instant.EPOCH;

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

  /**
   * Checks the permissions; always thoroughly while one is missing, or what a thorough check has
   * found would be withdrawn by the next.
   *
   * @param thorough as for {@link PermissionCheck#missing}
   * @return whether the application has those that its work requires
   */
  boolean check(boolean thorough) throws InterruptedException {
    if (!kafka.isAuthenticated()) {
      return true;
    }
    try {
      update(check.missing(thorough || !health.isUp()));
      return health.isUp();
    } catch (ExecutionException e) {
      log.debug("The permissions cannot be checked", e);
      if (e.getCause() instanceof AuthenticationException) {
        update(Set.of(rejected(e.getCause())), rejected(e.getCause()));
      }
      return false;
    }
  }

  /**
   * Records that the cluster denied access, for a reason that the check did not find: the
   * permission may have been taken away for a moment, or for some hosts only.
   */
  void recordDenial(Throwable failure) {
    boolean isEcho = lastReturn.isAfter(Instant.now().minus(ECHO));
    if (health.isUp() && !isEcho) {
      Throwable denied = failure;
      while (denied.getCause() != null
          && !(denied instanceof AuthorizationException)
          && !(denied instanceof AuthenticationException)) {
        denied = denied.getCause();
      }
      String sentence =
          denied instanceof AuthenticationException
              ? rejected(denied)
              : "Kafka denies access to %s: %s".formatted(principal(), denied.getMessage());
      update(Set.of(sentence), sentence);
    }
  }

  private String rejected(Throwable failure) {
    return "The Kafka broker at %s rejects the credentials of %s: %s"
        .formatted(kafka.bootstrapServers(), principal(), failure.getMessage());
  }

  private String principal() {
    return kafka.principal().text();
  }

  private void update(List<Permission> missing) {
    Set<String> sentences = new HashSet<>();
    String reason = "";
    for (Permission permission : missing) {
      String sentence = permission.missing(kafka.principal());
      sentences.add(sentence);
      if (permission.isRequired() && reason.isEmpty()) {
        reason = sentence;
      }
    }
    update(sentences, reason);
  }

  private synchronized void update(Set<String> sentences, String reason) {
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

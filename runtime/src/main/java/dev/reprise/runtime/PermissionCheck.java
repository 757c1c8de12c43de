package dev.reprise.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTransactionsOptions;
import org.apache.kafka.clients.admin.FenceProducersOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which permissions the clients' principal lacks, by requests that change no data.
 * Thread-safe; does not own its client.
 *
 * <p>Kafka states the operations that a client may perform on topics and groups that it may
 * describe. It does not for other resources: creating topics is only validated, and transactional
 * ids are either described, which shows any permission on them, or, if the check is thorough, one
 * of them is fenced that no producer uses.
 */
final class PermissionCheck {
  private static final int TIMEOUT_MS = 5_000;

  /** Completes a prefix to the name of a topic or transactional id that nothing else uses. */
  private static final String PROBE = "permission-check";

  private final Admin admin;
  private final List<Permission> permissions;

  PermissionCheck(Admin admin, Collection<Permission> permissions) {
    this.admin = admin;
    this.permissions = List.copyOf(permissions);
  }

  /**
   * Returns the missing permissions, in the order of the table.
   *
   * @param thorough whether to find out that a transactional id may be described, but not written
   * @throws ExecutionException if the cluster does not respond, or rejects the credentials
   */
  List<Permission> missing(boolean thorough) throws ExecutionException, InterruptedException {
    Set<Permission> missing = new LinkedHashSet<>();
    missing.addAll(missingOnTopics());
    missing.addAll(missingOnInternalTopics());
    missing.addAll(missingOnGroups());
    missing.addAll(missingOnTransactions(thorough));
    return permissions.stream().filter(missing::contains).toList();
  }

  private List<Permission> missingOnTopics() throws ExecutionException, InterruptedException {
    List<Permission> literal = permissions.stream().filter(Permission::isTopic).toList();
    Map<String, Optional<Set<AclOperation>>> allowed =
        allowedOnTopics(literal.stream().map(Permission::name).distinct().toList());
    List<Permission> missing = new ArrayList<>();
    for (Permission permission : literal) {
      Optional<Set<AclOperation>> operations = allowed.get(permission.name());
      if (permission.operation() == AclOperation.CREATE) {
        // A topic that exists may be created again without effect.
        if ((operations == null || operations.isEmpty()) && !mayCreate(permission.name())) {
          missing.add(permission);
        }
      } else if (operations != null && !includes(operations, permission)) {
        missing.add(permission);
      }
    }
    return missing;
  }

  /**
   * Returns whether a permission is among the operations on a topic; if the topic may not even be
   * described, every permission that implies this is missing, and the others are unknown.
   */
  private static boolean includes(Optional<Set<AclOperation>> allowed, Permission permission) {
    return allowed
        .map(operations -> operations.contains(permission.operation()))
        .orElse(permission.operation() == AclOperation.DESCRIBE_CONFIGS);
  }

  /**
   * Returns the operations that are allowed on topics, by name; empty if a topic may not be
   * described, absent if it does not exist or the broker does not say.
   */
  private Map<String, Optional<Set<AclOperation>>> allowedOnTopics(Collection<String> names)
      throws ExecutionException, InterruptedException {
    Map<String, Optional<Set<AclOperation>>> allowed = new HashMap<>();
    for (var topic :
        admin
            .describeTopics(
                names,
                new DescribeTopicsOptions().includeAuthorizedOperations(true).timeoutMs(TIMEOUT_MS))
            .topicNameValues()
            .entrySet()) {
      Answer<Set<AclOperation>> answer =
          ask(topic.getValue().thenApply(description -> description.authorizedOperations()));
      if (answer.refused()) {
        allowed.put(topic.getKey(), Optional.empty());
      } else if (answer.value() != null) {
        allowed.put(topic.getKey(), Optional.of(answer.value()));
      }
    }
    return allowed;
  }

  private List<Permission> missingOnInternalTopics()
      throws ExecutionException, InterruptedException {
    List<Permission> prefixed =
        permissions.stream()
            .filter(it -> it.type() == ResourceType.TOPIC && it.pattern() == PatternType.PREFIXED)
            .toList();
    List<Permission> missing = new ArrayList<>();
    if (prefixed.isEmpty()) {
      return missing;
    }
    Set<String> visible =
        admin.listTopics(new ListTopicsOptions().timeoutMs(TIMEOUT_MS)).names().get();
    for (String prefix : new TreeSet<>(prefixed.stream().map(Permission::name).toList())) {
      Set<String> topics = new TreeSet<>(visible);
      topics.removeIf(topic -> !topic.startsWith(prefix));
      // Without any, the answer to a name that does not exist shows whether it may be described.
      Map<String, Optional<Set<AclOperation>>> allowed =
          allowedOnTopics(topics.isEmpty() ? Set.of(prefix + PROBE) : topics);
      boolean mayCreate = mayCreate(prefix + PROBE);
      for (Permission permission : prefixed) {
        if (permission.name().equals(prefix)
            && (permission.operation() == AclOperation.CREATE
                ? !mayCreate
                : allowed.entrySet().stream()
                    .filter(topic -> concerns(permission, topic.getKey()))
                    .anyMatch(topic -> !includes(topic.getValue(), permission)))) {
          missing.add(permission);
        }
      }
    }
    return missing;
  }

  /** Kafka Streams deletes records of repartition topics only. */
  private static boolean concerns(Permission permission, String topic) {
    return permission.operation() != AclOperation.DELETE
        || topic.endsWith("-repartition")
        || topic.endsWith(PROBE);
  }

  private boolean mayCreate(String topic) throws ExecutionException, InterruptedException {
    return !ask(admin
            .createTopics(
                List.of(new NewTopic(topic, Optional.empty(), Optional.empty())),
                new CreateTopicsOptions().validateOnly(true).timeoutMs(TIMEOUT_MS))
            .all())
        .refused();
  }

  private List<Permission> missingOnGroups() throws ExecutionException, InterruptedException {
    List<Permission> missing = new ArrayList<>();
    for (Permission permission : ofType(ResourceType.GROUP)) {
      KafkaFuture<ConsumerGroupDescription> group =
          Objects.requireNonNull(
              admin
                  .describeConsumerGroups(
                      List.of(permission.name()),
                      new DescribeConsumerGroupsOptions()
                          .includeAuthorizedOperations(true)
                          .timeoutMs(TIMEOUT_MS))
                  .describedGroups()
                  .get(permission.name()));
      Answer<Set<AclOperation>> answer =
          ask(group.thenApply(description -> description.authorizedOperations()));
      Set<AclOperation> allowed = answer.value();
      if (answer.refused() || (allowed != null && !allowed.contains(permission.operation()))) {
        missing.add(permission);
      }
    }
    return missing;
  }

  private List<Permission> missingOnTransactions(boolean thorough)
      throws ExecutionException, InterruptedException {
    List<Permission> missing = new ArrayList<>();
    for (Permission permission : ofType(ResourceType.TRANSACTIONAL_ID)) {
      KafkaFuture<?> request;
      if (thorough && permission.pattern() == PatternType.PREFIXED) {
        request =
            admin
                .fenceProducers(
                    List.of(permission.name() + PROBE),
                    new FenceProducersOptions().timeoutMs(TIMEOUT_MS))
                .all();
      } else {
        request =
            admin
                .describeTransactions(
                    List.of(
                        permission.pattern() == PatternType.PREFIXED
                            ? permission.name() + PROBE
                            : permission.name()),
                    new DescribeTransactionsOptions().timeoutMs(TIMEOUT_MS))
                .all();
      }
      if (ask(request).refused()) {
        missing.add(permission);
      }
    }
    return missing;
  }

  private List<Permission> ofType(ResourceType type) {
    return permissions.stream().filter(permission -> permission.type() == type).toList();
  }

  /**
   * The broker's answer to a request.
   *
   * @param value null if the request was refused, or failed for a reason that does not concern
   *     permissions, such as a resource that does not exist
   */
  private record Answer<T>(boolean refused, @Nullable T value) {}

  private static <T> Answer<T> ask(KafkaFuture<T> request)
      throws ExecutionException, InterruptedException {
    try {
      return new Answer<>(false, request.get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return new Answer<>(true, null);
      }
      if (e.getCause() instanceof AuthenticationException
          || (e.getCause() instanceof RetriableException && !isAbsent(e.getCause()))) {
        throw e;
      }
      return new Answer<>(false, null);
    }
  }

  private static boolean isAbsent(Throwable failure) {
    return failure instanceof UnknownTopicOrPartitionException;
  }
}

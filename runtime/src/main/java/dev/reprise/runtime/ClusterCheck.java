package dev.reprise.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;

/** Asks the cluster, before a service starts, whether it can work there. Not thread-safe. */
public final class ClusterCheck implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;

  private final KafkaSettings settings;
  private final Admin admin;

  private ClusterCheck(KafkaSettings settings, Admin admin) {
    this.settings = settings;
    this.admin = admin;
  }

  /**
   * @throws ConfigurationException if no broker answers within ten seconds, or a client setting is
   *     wrong
   */
  public static ClusterCheck connect(KafkaSettings settings) throws ConfigurationException {
    Admin admin;
    try {
      admin =
          Admin.create(
              settings.over(
                  Map.of(
                      AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                      TIMEOUT_MS / 2,
                      AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                      TIMEOUT_MS)));
    } catch (KafkaException e) {
      throw new ConfigurationException(
          "The Kafka client cannot be set up with the given settings: " + rootMessage(e));
    }
    ClusterCheck check = new ClusterCheck(settings, admin);
    try {
      check.get(admin.describeCluster().clusterId());
      return check;
    } catch (ConfigurationException e) {
      check.close();
      throw e;
    }
  }

  /** Returns those of {@code names} that do not exist, in their order. */
  public List<String> missingTopics(Collection<String> names) throws ConfigurationException {
    Set<String> existing = get(admin.listTopics().names());
    return names.stream().filter(name -> !existing.contains(name)).toList();
  }

  /**
   * @throws ConfigurationException naming every topic that is missing
   */
  public void requireTopics(Collection<String> names) throws ConfigurationException {
    List<String> faults = new ArrayList<>();
    for (String name : missingTopics(names)) {
      faults.add(
          "Topic "
              + name
              + " does not exist at "
              + settings.bootstrapServers()
              + "; create it with 'reprise topics create'.");
    }
    if (!faults.isEmpty()) {
      throw new ConfigurationException(faults);
    }
  }

  public Admin admin() {
    return admin;
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private <T> T get(KafkaFuture<T> future) throws ConfigurationException {
    try {
      return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      throw unreachable(e);
    }
  }

  private ConfigurationException unreachable(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new ConfigurationException(
        "No Kafka broker answers at "
            + settings.bootstrapServers()
            + " ("
            + rootMessage(e)
            + "); check --bootstrap-servers, the network and the kafka.* security settings.");
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }
}

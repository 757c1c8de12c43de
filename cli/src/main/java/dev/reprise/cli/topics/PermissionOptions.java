package dev.reprise.cli.topics;

import dev.reprise.contract.Topics;
import dev.reprise.runtime.Permission;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that decide which permissions a service needs. */
public final class PermissionOptions {
  @Option(
      names = "--application-id",
      paramLabel = "NAME",
      description = "Application id of the service (default: that of the service).")
  private @Nullable String applicationId;

  @Option(
      names = "--shadow-model",
      paramLabel = "NAME[@VERSION]",
      description = "The inference service's shadow model, if it has one (default: none).")
  private @Nullable String shadowModel;

  /** Returns the least permissions of a service or command. */
  public List<Permission> permissions(KafkaClient client, Topics topics) {
    return client.permissions(
        topics,
        applicationId == null ? client.defaultApplicationId() : applicationId,
        shadowModel != null);
  }
}

package dev.reprise.runtime;

import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;

/**
 * One operation on a resource of the cluster, as an ACL grants it.
 *
 * @param name the resource, or what its name begins with if {@code pattern} is {@code PREFIXED}
 */
public record Permission(
    ResourceType type, String name, PatternType pattern, AclOperation operation) {

  public static Permission topic(AclOperation operation, String name) {
    return new Permission(ResourceType.TOPIC, name, PatternType.LITERAL, operation);
  }

  static Permission topicsWithPrefix(AclOperation operation, String prefix) {
    return new Permission(ResourceType.TOPIC, prefix, PatternType.PREFIXED, operation);
  }

  static Permission group(String name) {
    return new Permission(ResourceType.GROUP, name, PatternType.LITERAL, AclOperation.READ);
  }

  static Permission transactions(String name, PatternType pattern) {
    return new Permission(ResourceType.TRANSACTIONAL_ID, name, pattern, AclOperation.WRITE);
  }

  boolean isTopic() {
    return type == ResourceType.TOPIC && pattern == PatternType.LITERAL;
  }

  /**
   * Returns whether the work fails without it. {@code DescribeConfigs} only serves checks of the
   * topics' settings.
   */
  public boolean isRequired() {
    return operation != AclOperation.DESCRIBE_CONFIGS;
  }

  /** Returns the operation in the spelling of Kafka's tools, for example DescribeConfigs. */
  public String operationName() {
    return SecurityUtils.operationName(operation);
  }

  /** Returns the resource, for example {@code topics with the prefix reprise-inference-}. */
  public String resourceText() {
    return switch (type) {
      case TOPIC -> pattern == PatternType.LITERAL ? "topic " + name : "topics with prefix " + name;
      case GROUP -> "group " + name;
      default ->
          pattern == PatternType.LITERAL
              ? "transactional id " + name
              : "transactional ids with prefix " + name;
    };
  }

  /** Returns the options of {@code kafka-acls} that name the resource. */
  public String resourceOptions() {
    String option =
        switch (type) {
          case TOPIC -> "--topic ";
          case GROUP -> "--group ";
          default -> "--transactional-id ";
        };
    return option
        + name
        + (pattern == PatternType.PREFIXED ? " --resource-pattern-type prefixed" : "");
  }

  /** Returns a sentence for a principal that lacks the permission, with the remedy. */
  public String missing(ClientPrincipal principal) {
    return "Permission %s on %s is missing for %s: grant it with Kafka's kafka-acls.sh --add"
            .formatted(operationName(), resourceText(), principal.text())
        + " --allow-principal %s --operation %s %s."
            .formatted(principal.forAcls(), operationName(), resourceOptions());
  }

  /**
   * Returns the ACL that grants it from every host.
   *
   * @param principal for example {@code User:extractor}
   */
  public AclBinding binding(String principal) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
  }
}

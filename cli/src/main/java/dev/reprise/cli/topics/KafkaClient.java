package dev.reprise.cli.topics;

import dev.reprise.contract.Topics;
import dev.reprise.runtime.Permission;
import dev.reprise.runtime.Permissions;
import java.util.List;
import java.util.Locale;

/** The services and commands that need permissions on the cluster. */
public enum KafkaClient {
  EXTRACTOR,
  INFERENCE,
  API,
  TOPICS,
  SUBMIT,
  TRUTH,
  CONSUME,
  REPLAY;

  /**
   * Returns the least permissions.
   *
   * @param applicationId of a service
   * @param shadow whether the inference service has a shadow model
   */
  public List<Permission> permissions(Topics topics, String applicationId, boolean shadow) {
    return switch (this) {
      case EXTRACTOR -> Permissions.extractor(topics, applicationId);
      case INFERENCE -> Permissions.inference(topics, applicationId, shadow);
      case API -> Permissions.api(topics, applicationId);
      case TOPICS -> Permissions.topics(topics);
      case SUBMIT -> Permissions.submit(topics);
      case TRUTH -> Permissions.truth(topics);
      case CONSUME -> Permissions.consume(topics);
      case REPLAY -> Permissions.replay(topics);
    };
  }

  /** Returns the default application id of a service. */
  public String defaultApplicationId() {
    return "reprise-" + label();
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

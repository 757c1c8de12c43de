package dev.reprise.runtime;

import dev.reprise.contract.Topics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;

/**
 * The least permissions of each service and command. {@code topics acls} prints them, services and
 * {@code doctor} check them.
 *
 * <p>Kafka grants {@code Describe} with {@code Read}, {@code Write} or {@code Delete}, so that it
 * is not listed next to these.
 */
public final class Permissions {
  private Permissions() {}

  /** Returns the permissions of the extractor. */
  public static List<Permission> extractor(Topics topics, String applicationId) {
    Table table = new Table();
    table.input(topics.audioFiles()).write(topics.mfcc()).write(topics.deadLetters());
    return table.application(applicationId).list();
  }

  /**
   * Returns the permissions of the inference service's scoring.
   *
   * @param shadow whether there is a shadow model
   */
  public static List<Permission> scoring(Topics topics, String applicationId, boolean shadow) {
    Table table = new Table();
    table
        .input(topics.mfcc())
        .write(topics.clipPredictions())
        .write(topics.predictions())
        .write(topics.deadLetters());
    if (shadow) {
      table.write(topics.shadowPredictions());
    }
    return table.application(applicationId).internalTopics(applicationId).list();
  }

  /**
   * Returns the permissions of the inference service's evaluation, and of the publication of the
   * models' references. Its own application id begins with that of the service, so that they share
   * the prefix of transactional ids and internal topics.
   *
   * @param applicationId of the inference service
   * @param shadow whether there is a shadow model
   */
  public static List<Permission> evaluation(Topics topics, String applicationId, boolean shadow) {
    Table table = new Table();
    table.input(topics.predictions());
    if (shadow) {
      table.input(topics.shadowPredictions());
    }
    table
        .input(topics.truth())
        .read(topics.modelReferences())
        .write(topics.modelReferences())
        .write(topics.quality())
        .write(topics.qualityWindows())
        .write(topics.drift())
        .write(topics.deadLetters());
    return table
        .group(evaluationApplicationId(applicationId))
        .transactions(applicationId)
        .internalTopics(applicationId)
        .list();
  }

  /**
   * Returns the permissions of the inference service: scoring, and evaluation.
   *
   * @param shadow whether there is a shadow model
   */
  public static List<Permission> inference(Topics topics, String applicationId, boolean shadow) {
    Set<Permission> all = new LinkedHashSet<>(scoring(topics, applicationId, shadow));
    all.addAll(evaluation(topics, applicationId, shadow));
    return List.copyOf(all);
  }

  /** Returns the application id of the evaluation that an inference service runs. */
  public static String evaluationApplicationId(String applicationId) {
    return applicationId + "-evaluation";
  }

  /** Returns the permissions of the API. */
  public static List<Permission> api(Topics topics, String applicationId) {
    return new Table()
        .write(topics.audioFiles())
        .input(topics.predictions())
        .input(topics.clipPredictions())
        .input(topics.truth())
        .input(topics.deadLetters())
        .read(topics.drift())
        .read(topics.modelReferences())
        .application(applicationId)
        .internalTopics(applicationId)
        .list();
  }

  /** Returns the permissions of {@code topics create} and {@code topics list}. */
  public static List<Permission> topics(Topics topics) {
    Table table = new Table();
    for (Topics.Spec spec : topics.specs()) {
      table.add(Permission.topic(AclOperation.CREATE, spec.name()));
      table.add(Permission.topic(AclOperation.DESCRIBE, spec.name()));
      table.add(Permission.topic(AclOperation.DESCRIBE_CONFIGS, spec.name()));
    }
    return table.list();
  }

  /** Returns the permissions of {@code submit}. */
  public static List<Permission> submit(Topics topics) {
    return new Table().write(topics.audioFiles()).list();
  }

  /** Returns the permissions of {@code truth load}. */
  public static List<Permission> truth(Topics topics) {
    return new Table().write(topics.truth()).list();
  }

  /** Returns the permissions of {@code consume} and {@code dead-letters list}, on every topic. */
  public static List<Permission> consume(Topics topics) {
    Table table = new Table();
    topics.specs().forEach(spec -> table.read(spec.name()));
    return table.list();
  }

  /** Returns the permissions of {@code dead-letters replay}. */
  public static List<Permission> replay(Topics topics) {
    Table table = new Table();
    table
        .read(topics.deadLetters())
        .read(topics.audioFiles())
        .write(topics.audioFiles())
        .read(topics.replays())
        .write(topics.replays());
    // All replays share one transactional id.
    table.add(Permission.transactions(topics.replays(), PatternType.LITERAL));
    return table.list();
  }

  /** Collects permissions in the order of the data flow. Not thread-safe. */
  private static final class Table {
    private final Set<Permission> permissions = new LinkedHashSet<>();

    void add(Permission permission) {
      permissions.add(permission);
    }

    Table read(String topic) {
      add(Permission.topic(AclOperation.READ, topic));
      return this;
    }

    Table write(String topic) {
      add(Permission.topic(AclOperation.WRITE, topic));
      return this;
    }

    /** Adds a topic that an application reads, and whose settings it checks. */
    Table input(String topic) {
      read(topic).add(Permission.topic(AclOperation.DESCRIBE_CONFIGS, topic));
      return this;
    }

    /** Adds the group and the transactional ids of a Kafka Streams application. */
    Table application(String applicationId) {
      return group(applicationId).transactions(applicationId);
    }

    Table group(String name) {
      add(Permission.group(name));
      return this;
    }

    Table transactions(String applicationId) {
      add(Permission.transactions(applicationId + "-", PatternType.PREFIXED));
      return this;
    }

    /**
     * Adds the changelogs and repartition topics of a Kafka Streams application. It deletes the
     * records of repartition topics once they are read.
     */
    Table internalTopics(String applicationId) {
      for (AclOperation operation :
          List.of(
              AclOperation.CREATE, AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE)) {
        add(Permission.topicsWithPrefix(operation, applicationId + "-"));
      }
      return this;
    }

    List<Permission> list() {
      return List.copyOf(permissions);
    }
  }
}

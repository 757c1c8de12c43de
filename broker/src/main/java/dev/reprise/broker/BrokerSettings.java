package dev.reprise.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Kafka server settings for a single-node cluster. */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String CLIENTS = "PLAINTEXT";
  static final String CONTROLLER = "CONTROLLER";

  /** Above the 16 MiB of audio events and dead letters; topics set their own lower limits. */
  private static final String MAX_MESSAGE_BYTES = Integer.toString(17 << 20);

  private BrokerSettings() {}

  /**
   * Returns the settings of the broker and its controller.
   *
   * @param clients host and port of the client listener
   * @param advertised host and port advertised to clients
   * @param controller host and port of the controller, always on the loopback interface
   */
  static Map<String, String> of(
      String clients, String advertised, String controller, Path directory) {
    Map<String, String> settings = new HashMap<>();
    settings.putAll(identity(directory));
    settings.putAll(listeners(clients, advertised, controller));
    settings.putAll(internalTopics());
    settings.putAll(resourceLimits());
    settings.put("auto.create.topics.enable", "false");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("transaction.max.timeout.ms", "900000");
    // A killed instance's transaction blocks read_committed consumers until this task aborts it;
    // the default is ten seconds.
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    // A killed broker can register again only after its session expires; the default is nine
    // seconds. The timeout must tolerate heartbeats delayed by decoding on every core.
    settings.put("broker.session.timeout.ms", "6000");
    settings.put("broker.heartbeat.interval.ms", "500");
    return settings;
  }

  private static Map<String, String> identity(Path directory) {
    return Map.of(
        "process.roles", "broker,controller",
        "node.id", Integer.toString(NODE_ID),
        "log.dirs", directory.toString());
  }

  private static Map<String, String> listeners(
      String clients, String advertised, String controller) {
    return Map.of(
        "listeners", CLIENTS + "://" + clients + "," + CONTROLLER + "://" + controller,
        "advertised.listeners", CLIENTS + "://" + advertised,
        "listener.security.protocol.map", CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT",
        "inter.broker.listener.name", CLIENTS,
        "controller.listener.names", CONTROLLER,
        "controller.quorum.voters", NODE_ID + "@" + controller);
  }

  private static Map<String, String> internalTopics() {
    return Map.of(
        "offsets.topic.num.partitions", "1",
        "offsets.topic.replication.factor", "1",
        "transaction.state.log.num.partitions", "2",
        "transaction.state.log.replication.factor", "1",
        "transaction.state.log.min.isr", "1",
        "share.coordinator.state.topic.num.partitions", "1",
        "share.coordinator.state.topic.replication.factor", "1",
        "share.coordinator.state.topic.min.isr", "1");
  }

  /** Kafka's defaults are for a dedicated machine: 128 MiB for the log cleaner alone. */
  private static Map<String, String> resourceLimits() {
    return Map.of(
        "message.max.bytes", MAX_MESSAGE_BYTES,
        "replica.fetch.max.bytes", MAX_MESSAGE_BYTES,
        "log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20),
        "num.network.threads", "2",
        "num.io.threads", "4",
        "background.threads", "2",
        "group.coordinator.threads", "1");
  }
}

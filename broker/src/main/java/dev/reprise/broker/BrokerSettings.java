package dev.reprise.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Kafka's server settings for a cluster of one node. */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String CLIENTS = "PLAINTEXT";
  static final String CONTROLLER = "CONTROLLER";

  /** The largest audio event and dead letter is 16 MiB; topics set their own bound below this. */
  private static final String MAX_MESSAGE_BYTES = Integer.toString(17 << 20);

  private BrokerSettings() {}

  /**
   * @param clients host and port on which clients are served
   * @param advertised host and port that clients are told
   * @param controller host and port of the controller, always of this machine alone
   */
  static Map<String, String> of(
      String clients, String advertised, String controller, Path directory) {
    Map<String, String> settings = new HashMap<>();
    settings.putAll(identity(directory));
    settings.putAll(listeners(clients, advertised, controller));
    settings.putAll(internalTopicsOfOneReplica());
    settings.putAll(sizes());
    settings.put("auto.create.topics.enable", "false");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("transaction.max.timeout.ms", "900000");
    // A killed instance's transaction blocks readers until this finds that it has timed out; the
    // default is ten seconds.
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    // A killed broker's registration must lapse before it may come back; the default is nine
    // seconds. But decoding on every core must not make the broker miss its own heartbeat.
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

  private static Map<String, String> internalTopicsOfOneReplica() {
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

  /** Kafka's defaults suit a machine of its own: 128 MiB for the log cleaner alone. */
  private static Map<String, String> sizes() {
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

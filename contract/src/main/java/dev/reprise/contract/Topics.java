package dev.reprise.contract;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The topics by name: {@code prefix + word + suffix}, for example {@code reprise.mfcc.v1}.
 *
 * @param prefix put before each topic's word; may be empty
 * @param suffix put after it; may be empty
 */
public record Topics(String prefix, String suffix) {

  /** Largest audio event and largest dead letter in bytes, key, value and headers included. */
  public static final int MAX_EVENT_BYTES = 16 << 20;

  /**
   * A topic as Reprise wants it.
   *
   * @param name full name
   * @param configs topic settings as Kafka names them
   */
  public record Spec(String name, Map<String, String> configs) {
    public Spec {
      configs = Map.copyOf(configs);
    }
  }

  public static Topics defaults() {
    return new Topics("reprise.", ".v1");
  }

  public String audioFiles() {
    return name("audio-files");
  }

  public String mfcc() {
    return name("mfcc");
  }

  public String clipPredictions() {
    return name("clip-predictions");
  }

  public String predictions() {
    return name("predictions");
  }

  public String truth() {
    return name("truth");
  }

  public String quality() {
    return name("quality");
  }

  public String drift() {
    return name("drift");
  }

  public String deadLetters() {
    return name("dead-letters");
  }

  /** Every topic with its settings, in the order of the data's way. */
  public List<Spec> specs() {
    return List.of(
        new Spec(
            audioFiles(), deleted(Duration.ofDays(7), "producer", MAX_EVENT_BYTES, 100L << 30)),
        new Spec(mfcc(), deleted(Duration.ofHours(24), "lz4", 1 << 20, 20L << 30)),
        new Spec(clipPredictions(), deleted(Duration.ofDays(7), "zstd", 1 << 20, -1)),
        new Spec(predictions(), compacted()),
        new Spec(truth(), compacted()),
        new Spec(quality(), deleted(Duration.ofDays(400), "zstd", 1 << 20, -1)),
        new Spec(drift(), deleted(Duration.ofDays(400), "zstd", 1 << 20, -1)),
        new Spec(
            deadLetters(), deleted(Duration.ofDays(30), "producer", MAX_EVENT_BYTES, 20L << 30)));
  }

  private String name(String word) {
    return prefix + word + suffix;
  }

  private static Map<String, String> deleted(
      Duration retention, String compression, int maxMessageBytes, long retentionBytes) {
    return Map.of(
        "cleanup.policy", "delete",
        "retention.ms", Long.toString(retention.toMillis()),
        "retention.bytes", Long.toString(retentionBytes),
        "compression.type", compression,
        "max.message.bytes", Integer.toString(maxMessageBytes));
  }

  private static Map<String, String> compacted() {
    return Map.of(
        "cleanup.policy", "compact",
        "compression.type", "zstd",
        "max.message.bytes", Integer.toString(1 << 20));
  }
}

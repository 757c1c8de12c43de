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

  private static final int MAX_RESULT_BYTES = 1 << 20;

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

  /** Where the shadow model's predictions go, so that nobody takes them for those served. */
  public String shadowPredictions() {
    return predictions() + ".shadow";
  }

  /** What drift is measured against, per model: its reference distributions. */
  public String modelReferences() {
    return name("model-references");
  }

  public String truth() {
    return name("truth");
  }

  public String quality() {
    return name("quality");
  }

  /** Figures over many tracks, where {@link #quality} has each track's own. */
  public String qualityWindows() {
    return name("quality-windows");
  }

  public String drift() {
    return name("drift");
  }

  public String deadLetters() {
    return name("dead-letters");
  }

  /** Which events of dead letters were sent again, and as what. */
  public String replays() {
    return name("replays");
  }

  /** Every topic with its settings, in the order of the data's way. */
  public List<Spec> specs() {
    return List.of(
        new Spec(audioFiles(), deleted(Duration.ofDays(7), 100L << 30, MAX_EVENT_BYTES)),
        new Spec(mfcc(), deleted(Duration.ofHours(24), 20L << 30, MAX_RESULT_BYTES)),
        new Spec(clipPredictions(), deleted(Duration.ofDays(7), -1, MAX_RESULT_BYTES)),
        new Spec(predictions(), compacted()),
        new Spec(shadowPredictions(), compacted()),
        new Spec(modelReferences(), compacted()),
        new Spec(truth(), compacted()),
        new Spec(quality(), deleted(Duration.ofDays(400), -1, MAX_RESULT_BYTES)),
        new Spec(qualityWindows(), deleted(Duration.ofDays(400), -1, MAX_RESULT_BYTES)),
        new Spec(drift(), deleted(Duration.ofDays(400), -1, MAX_RESULT_BYTES)),
        new Spec(deadLetters(), deleted(Duration.ofDays(30), 20L << 30, MAX_EVENT_BYTES)),
        new Spec(replays(), compacted()));
  }

  private String name(String word) {
    return prefix + word + suffix;
  }

  /**
   * A topic whose retention counts from the writing: counted from the record's own timestamp, an
   * old event, and what is made of it, would be deleted before it is read.
   */
  private static Map<String, String> deleted(
      Duration retention, long retentionBytes, int maxMessageBytes) {
    return Map.ofEntries(
        Map.entry("cleanup.policy", "delete"),
        Map.entry("retention.ms", Long.toString(retention.toMillis())),
        Map.entry("retention.bytes", Long.toString(retentionBytes)),
        Map.entry("message.timestamp.type", "LogAppendTime"),
        Map.entry("compression.type", "producer"),
        Map.entry("max.message.bytes", Integer.toString(maxMessageBytes)));
  }

  private static Map<String, String> compacted() {
    return Map.of(
        "cleanup.policy", "compact",
        "compression.type", "producer",
        "max.message.bytes", Integer.toString(MAX_RESULT_BYTES));
  }
}

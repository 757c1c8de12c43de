package dev.reprise.contract;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The names and settings of the topics: {@code prefix + word + suffix}, for example {@code
 * reprise.mfcc.v1}.
 *
 * @param prefix put before each topic's word; may be empty
 * @param suffix put after it; may be empty
 */
public record Topics(String prefix, String suffix) {

  /** Maximum size of an audio event or dead letter in bytes: key, value and headers together. */
  public static final int MAX_EVENT_BYTES = 16 << 20;

  private static final int MAX_RESULT_BYTES = 1 << 20;

  /**
   * A topic's name and settings.
   *
   * @param name full name
   * @param configs topic settings under Kafka's names
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

  /** Returns the topic of the shadow model's predictions, kept apart from those served. */
  public String shadowPredictions() {
    return predictions() + ".shadow";
  }

  /** Returns the topic of each model's reference distributions, from which drift is measured. */
  public String modelReferences() {
    return name("model-references");
  }

  public String truth() {
    return name("truth");
  }

  public String quality() {
    return name("quality");
  }

  /** Returns the topic of statistics over many tracks; {@link #quality} has each track's own. */
  public String qualityWindows() {
    return name("quality-windows");
  }

  public String drift() {
    return name("drift");
  }

  public String deadLetters() {
    return name("dead-letters");
  }

  /** Returns the topic that records each replayed dead letter and the event sent for it. */
  public String replays() {
    return name("replays");
  }

  /** Returns every topic with its settings, in the order of the data flow. */
  public List<Spec> specs() {
    return List.of(
        new Spec(audioFiles(), deleteSettings(Duration.ofDays(7), 100L << 30, MAX_EVENT_BYTES)),
        new Spec(mfcc(), deleteSettings(Duration.ofHours(24), 20L << 30, MAX_RESULT_BYTES)),
        new Spec(clipPredictions(), deleteSettings(Duration.ofDays(7), -1, MAX_RESULT_BYTES)),
        new Spec(predictions(), compactSettings()),
        new Spec(shadowPredictions(), compactSettings()),
        new Spec(modelReferences(), compactSettings()),
        new Spec(truth(), compactSettings()),
        new Spec(quality(), deleteSettings(Duration.ofDays(400), -1, MAX_RESULT_BYTES)),
        new Spec(qualityWindows(), deleteSettings(Duration.ofDays(400), -1, MAX_RESULT_BYTES)),
        new Spec(drift(), deleteSettings(Duration.ofDays(400), -1, MAX_RESULT_BYTES)),
        new Spec(deadLetters(), deleteSettings(Duration.ofDays(30), 20L << 30, MAX_EVENT_BYTES)),
        new Spec(replays(), compactSettings()));
  }

  private String name(String word) {
    return prefix + word + suffix;
  }

  /**
   * Returns the settings of a topic whose retention counts from the append time. If it counted from
   * the record's own timestamp, an old event and its results would be deleted before they are read.
   */
  private static Map<String, String> deleteSettings(
      Duration retention, long retentionBytes, int maxMessageBytes) {
    return Map.ofEntries(
        Map.entry("cleanup.policy", "delete"),
        Map.entry("retention.ms", Long.toString(retention.toMillis())),
        Map.entry("retention.bytes", Long.toString(retentionBytes)),
        Map.entry("message.timestamp.type", "LogAppendTime"),
        Map.entry("compression.type", "producer"),
        Map.entry("max.message.bytes", Integer.toString(maxMessageBytes)));
  }

  private static Map<String, String> compactSettings() {
    return Map.of(
        "cleanup.policy", "compact",
        "compression.type", "producer",
        "max.message.bytes", Integer.toString(MAX_RESULT_BYTES));
  }
}

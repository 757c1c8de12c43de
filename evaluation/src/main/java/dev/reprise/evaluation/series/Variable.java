package dev.reprise.evaluation.series;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.evaluation.drift.Binning;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The evaluated variables of a prediction: the eight features, and the statistics of the input. */
public enum Variable {
  ACOUSTICNESS(Feature.ACOUSTICNESS),
  DANCEABILITY(Feature.DANCEABILITY),
  ENERGY(Feature.ENERGY),
  INSTRUMENTALNESS(Feature.INSTRUMENTALNESS),
  LIVENESS(Feature.LIVENESS),
  SPEECHINESS(Feature.SPEECHINESS),
  TEMPO(Feature.TEMPO),
  VALENCE(Feature.VALENCE),
  /** Mean level of the mel bands in dB. */
  LOUDNESS(-100, 20),
  MFCC_1(-300, 300),
  MFCC_2(-300, 300),
  MFCC_3(-300, 300),
  MFCC_4(-300, 300),
  /** In log2 of seconds, so that all bins have the same relative width. */
  DURATION(0, 16);

  private static final double MILLIONTHS = 1e6;

  /** A larger magnitude is considered corrupt; the sums of its squares could overflow. */
  private static final double MAX_MAGNITUDE = 1e6;

  private final boolean isInput;
  private final Binning binning;

  Variable(Feature feature) {
    this.isInput = false;
    this.binning = new Binning(feature.minimum(), feature.maximum());
  }

  Variable(double minimum, double maximum) {
    this.isInput = true;
    this.binning = new Binning(minimum, maximum);
  }

  /** Returns the name in records and metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Variable ofLabel(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  public boolean isInput() {
    return isInput;
  }

  public Binning binning() {
    return binning;
  }

  public static double value(long millionths) {
    return millionths / MILLIONTHS;
  }

  /**
   * Returns the variables that a prediction has, by label, in millionths.
   *
   * @throws RejectedException if a value is not finite, or its magnitude is above 1e6
   */
  public static Map<String, Long> of(Prediction prediction) throws RejectedException {
    Map<String, Long> values = new HashMap<>(features(prediction.getFeatures()));
    values.putAll(fieldValues(prediction.getInputs()));
    if (prediction.getDurationSeconds() > 0) {
      // Math.log may differ in the last digit between processors.
      double octaves = StrictMath.log(prediction.getDurationSeconds()) / StrictMath.log(2);
      values.put(DURATION.label(), millionths(DURATION.label(), octaves));
    }
    return values;
  }

  /**
   * Returns the features that are set, by label, in millionths.
   *
   * @throws RejectedException as {@link #of}
   */
  public static Map<String, Long> features(AudioFeatures features) throws RejectedException {
    return fieldValues(features);
  }

  private static Map<String, Long> fieldValues(Message message) throws RejectedException {
    Map<String, Long> values = new HashMap<>();
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      String label = field.getKey().getName();
      values.put(label, millionths(label, (Double) field.getValue()));
    }
    return values;
  }

  private static long millionths(String label, double value) throws RejectedException {
    if (!(Math.abs(value) <= MAX_MAGNITUDE)) {
      throw new RejectedException(
          Reason.BAD_PREDICTION, "The prediction has %s for %s.".formatted(value, label));
    }
    return Math.round(value * MILLIONTHS);
  }
}

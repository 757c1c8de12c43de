package dev.reprise.contract;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import dev.reprise.contract.v1.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Validates the values of a {@link Truth}. All values of Echo Nest are valid. Thread-safe. */
public final class TruthRules {
  private static final Range FINITE = new Range(-Double.MAX_VALUE, Double.MAX_VALUE);
  private static final Range SHARE = new Range(0, 1);
  private static final Range RANK = new Range(1, 1e12);

  private static final Map<String, Range> BY_GROUP =
      Map.of("audio_features", SHARE, "social_features", SHARE, "ranks", RANK);
  private static final Map<String, Range> BY_COLUMN =
      Map.of(
          "audio_features.tempo", new Range(1, 1_000),
          "metadata.artist_latitude", new Range(-90, 90),
          "metadata.artist_longitude", new Range(-180, 180));

  private TruthRules() {}

  /** A range from {@code minimum} to {@code maximum}, both inclusive. */
  public record Range(double minimum, double maximum) {
    public boolean contains(double value) {
      return value >= minimum && value <= maximum;
    }
  }

  /** A value outside its allowed range. */
  public record Fault(String group, String column, double value, Range allowed) {

    /** Returns the error, without a full stop: {@code 1.7 is not between 0 and 1}. */
    public String what() {
      return allowed.equals(FINITE)
          ? value + " is not a finite number"
          : "%s is not between %s and %s"
              .formatted(value, text(allowed.minimum), text(allowed.maximum));
    }

    private static String text(double bound) {
      return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
  }

  /** Returns the values that are out of range, in the order of the groups and columns. */
  public static List<Fault> faults(Truth truth) {
    List<Fault> faults = new ArrayList<>();
    truth
        .getAllFields()
        .forEach(
            (group, value) -> {
              if (value instanceof Message columns && !group.isMapField()) {
                check(group.getName(), columns, faults);
              }
            });
    truth
        .getTemporalFeaturesMap()
        .forEach((column, value) -> check("temporal_features", column, value, faults));
    return faults;
  }

  private static void check(String group, Message columns, List<Fault> faults) {
    for (Map.Entry<FieldDescriptor, Object> column : columns.getAllFields().entrySet()) {
      if (column.getKey().getJavaType() == JavaType.DOUBLE) {
        check(group, column.getKey().getName(), (Double) column.getValue(), faults);
      }
    }
  }

  private static void check(String group, String column, double value, List<Fault> faults) {
    Range allowed =
        BY_COLUMN.getOrDefault(group + "." + column, BY_GROUP.getOrDefault(group, FINITE));
    if (!allowed.contains(value)) {
      faults.add(new Fault(group, column, value, allowed));
    }
  }
}

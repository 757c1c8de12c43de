package dev.reprise.cli.truth;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.reprise.contract.v1.Truth;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column that Reprise knows.
 *
 * @param group field of {@link Truth}
 * @param field field of the group; null in {@code temporal_features}, whose columns are keys
 */
record Column(FieldDescriptor group, @Nullable FieldDescriptor field, String name) {
  private static final Pattern TEMPORAL = Pattern.compile("[01]\\d\\d|2[01]\\d|22[0-3]");

  /** Returns the column by its names in the header; empty if Reprise does not know it. */
  static Optional<Column> of(String groupName, String name) {
    FieldDescriptor group = Truth.getDescriptor().findFieldByName(groupName);
    if (group == null || group.getJavaType() != JavaType.MESSAGE) {
      return Optional.empty();
    }
    if (group.isMapField()) {
      return Optional.of(new Column(group, null, name))
          .filter(column -> TEMPORAL.matcher(column.name).matches());
    }
    return Optional.ofNullable(group.getMessageType().findFieldByName(name))
        .map(field -> new Column(group, field, name));
  }

  /** Returns the name for messages: {@code audio_features.energy}. */
  String label() {
    return group.getName() + "." + name;
  }

  /**
   * Sets the column of a record to the value of a cell that is not empty.
   *
   * @return what is wrong with it, if anything
   */
  Optional<String> put(String cell, Truth.Builder into) {
    if (field != null && field.getJavaType() == JavaType.STRING) {
      into.getFieldBuilder(group).setField(field, cell);
      return Optional.empty();
    }
    OptionalDouble number = Cells.number(cell);
    if (number.isEmpty()) {
      return Optional.of(Cells.shown(cell) + " is not a finite number");
    }
    if (field == null) {
      into.putTemporalFeatures(name, number.getAsDouble());
    } else {
      into.getFieldBuilder(group).setField(field, number.getAsDouble());
    }
    return Optional.empty();
  }
}

package dev.reprise.cli.truth;

import dev.reprise.contract.v1.Truth;
import java.util.List;

/**
 * A row of the file.
 *
 * @param truth the row's values and track id; not to be used if there are errors
 * @param errors for which the row is rejected; empty if it is accepted
 */
public record TruthRow(Truth truth, List<RowError> errors) {
  public TruthRow {
    errors = List.copyOf(errors);
  }

  public boolean accepted() {
    return errors.isEmpty();
  }
}

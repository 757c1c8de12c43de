package dev.reprise.cli.truth;

import dev.reprise.contract.v1.Truth;
import java.util.List;

/**
 * A row of the file.
 *
 * @param truth the row's values and track id; not to be used if there are faults
 * @param faults for which the row is rejected; empty if it is accepted
 */
public record TruthRow(Truth truth, List<RowFault> faults) {
  public TruthRow {
    faults = List.copyOf(faults);
  }

  public boolean accepted() {
    return faults.isEmpty();
  }
}

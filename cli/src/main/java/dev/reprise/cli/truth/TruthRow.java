package dev.reprise.cli.truth;

import dev.reprise.contract.v1.Truth;
import java.util.List;

/**
 * A row of the file.
 *
 * @param truth what it says, its track id included; not to be used where there are faults
 * @param faults why it is refused; empty where it is not
 */
public record TruthRow(Truth truth, List<RowFault> faults) {
  public TruthRow {
    faults = List.copyOf(faults);
  }

  public boolean accepted() {
    return faults.isEmpty();
  }
}

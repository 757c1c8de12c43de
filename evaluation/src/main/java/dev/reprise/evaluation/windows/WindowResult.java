package dev.reprise.evaluation.windows;

import dev.reprise.contract.v1.Drift;
import dev.reprise.contract.v1.QualityWindow;

/** The statistics of one window, as a record. */
public sealed interface WindowResult {
  record Quality(QualityWindow window) implements WindowResult {}

  record DriftMeasured(Drift drift) implements WindowResult {}
}

package dev.reprise.evaluation.windows;

import dev.reprise.contract.v1.Drift;
import dev.reprise.contract.v1.QualityWindow;

/** A record of the figures of one window. */
public sealed interface WindowResult {
  record Quality(QualityWindow window) implements WindowResult {}

  record DriftMeasured(Drift drift) implements WindowResult {}
}

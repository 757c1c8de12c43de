package dev.reprise.inference.evaluation;

import dev.reprise.inference.v1.Series;
import java.util.Optional;

/**
 * What is exported of a series.
 *
 * @param all since the start
 * @param latest the newest window with enough predictions
 * @param latestWithTruth the newest window with enough predictions that have truth
 */
record SeriesFigures(
    Series series, Figures all, Optional<Figures> latest, Optional<Figures> latestWithTruth) {}

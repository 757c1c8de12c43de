package dev.reprise.evaluation.windows;

import dev.reprise.evaluation.v1.Series;
import java.util.Optional;

/**
 * The exported statistics of a series.
 *
 * @param all since the start
 * @param latest the newest window with enough predictions
 * @param latestWithTruth the newest window with enough predictions that have truth
 */
record SeriesStatistics(
    Series series,
    WindowStatistics all,
    Optional<WindowStatistics> latest,
    Optional<WindowStatistics> latestWithTruth) {}

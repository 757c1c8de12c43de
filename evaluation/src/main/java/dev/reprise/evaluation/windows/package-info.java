/**
 * Sums a series over windows of event time, publishes the statistics and exports them as gauges.
 */
@NullMarked
package dev.reprise.evaluation.windows;

import org.jspecify.annotations.NullMarked;

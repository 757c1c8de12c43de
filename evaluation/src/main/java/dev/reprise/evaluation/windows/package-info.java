/** Sums a series over windows of event time, publishes the figures and exports them as gauges. */
@NullMarked
package dev.reprise.evaluation.windows;

import org.jspecify.annotations.NullMarked;

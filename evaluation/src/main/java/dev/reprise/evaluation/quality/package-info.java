/** Exact sums of prediction errors, and the metrics computed from them. Independent of Kafka. */
@NullMarked
package dev.reprise.evaluation.quality;

import org.jspecify.annotations.NullMarked;

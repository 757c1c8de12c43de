/** Drift measures, computed from histograms. Independent of Kafka. */
@NullMarked
package dev.reprise.evaluation.drift;

import org.jspecify.annotations.NullMarked;

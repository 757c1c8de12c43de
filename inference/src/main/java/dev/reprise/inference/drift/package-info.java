/** Distances between distributions that are known as histograms; knows nothing of Kafka. */
@NullMarked
package dev.reprise.inference.drift;

import org.jspecify.annotations.NullMarked;

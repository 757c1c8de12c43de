/** Errors of predictions as exact sums, and the figures made of them; knows nothing of Kafka. */
@NullMarked
package dev.reprise.inference.quality;

import org.jspecify.annotations.NullMarked;

/** The evaluated variables of a prediction, and the keys of their series. */
@NullMarked
package dev.reprise.evaluation.series;

import org.jspecify.annotations.NullMarked;

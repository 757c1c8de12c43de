/** Evaluates predictions: joins them with ground truth, and publishes quality and drift. */
@NullMarked
package dev.reprise.evaluation;

import org.jspecify.annotations.NullMarked;

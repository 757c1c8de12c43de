/** Aggregates the clips of a track into its prediction. */
@NullMarked
package dev.reprise.inference.track;

import org.jspecify.annotations.NullMarked;

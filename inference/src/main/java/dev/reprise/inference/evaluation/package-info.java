/** Joins predictions with truth in the stream, and says how good they are and how they drift. */
@NullMarked
package dev.reprise.inference.evaluation;

import org.jspecify.annotations.NullMarked;

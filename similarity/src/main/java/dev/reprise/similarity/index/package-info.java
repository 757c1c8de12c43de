/** Index of all tracks, their features, truth and embeddings, for similarity searches. */
@NullMarked
package dev.reprise.similarity.index;

import org.jspecify.annotations.NullMarked;

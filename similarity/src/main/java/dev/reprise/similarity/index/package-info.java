/** The index of all tracks: features, truth and embeddings, searched for similar tracks. */
@NullMarked
package dev.reprise.similarity.index;

import org.jspecify.annotations.NullMarked;

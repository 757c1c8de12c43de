/** Embeddings and the nearest among them: the only package that knows Lucene. */
@NullMarked
package dev.reprise.api.embedding;

import org.jspecify.annotations.NullMarked;

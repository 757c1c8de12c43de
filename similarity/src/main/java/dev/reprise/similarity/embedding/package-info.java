/** Embeddings and their nearest neighbours; the only package that depends on Lucene. */
@NullMarked
package dev.reprise.similarity.embedding;

import org.jspecify.annotations.NullMarked;

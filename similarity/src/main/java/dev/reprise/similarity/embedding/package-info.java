/** Index of embeddings and their nearest neighbours; the only package that uses Lucene. */
@NullMarked
package dev.reprise.similarity.embedding;

import org.jspecify.annotations.NullMarked;

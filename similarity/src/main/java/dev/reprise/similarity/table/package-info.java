/** Table of feature vectors: scaling, distances, exact nearest neighbours. Pure mathematics. */
@NullMarked
package dev.reprise.similarity.table;

import org.jspecify.annotations.NullMarked;

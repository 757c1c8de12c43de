/** Which tracks are alike: vectors, distances between them, and the nearest of many. */
@NullMarked
package dev.reprise.api.similarity;

import org.jspecify.annotations.NullMarked;

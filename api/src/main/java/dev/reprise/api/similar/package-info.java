/** GET /v1/tracks, similar tracks and comparisons of similarity searches. */
@NullMarked
package dev.reprise.api.similar;

import org.jspecify.annotations.NullMarked;

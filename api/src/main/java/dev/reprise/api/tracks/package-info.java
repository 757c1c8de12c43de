/**
 * {@code GET /v1/tracks/{id}} and audio features by id; forwards requests to the instance that owns
 * a track.
 */
@NullMarked
package dev.reprise.api.tracks;

import org.jspecify.annotations.NullMarked;

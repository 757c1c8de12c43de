/** The HTTP API and its page: tracks by id, similar tracks, uploads and the event stream. */
@NullMarked
package dev.reprise.api;

import org.jspecify.annotations.NullMarked;

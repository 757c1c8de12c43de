/**
 * GET /v1/events: the latest predictions and dead letters, fanned out to the readers of the event
 * stream.
 */
@NullMarked
package dev.reprise.api.events;

import org.jspecify.annotations.NullMarked;

/**
 * The state of tracks, materialised from the topics by a Kafka Streams application; interactive
 * queries by track id.
 */
@NullMarked
package dev.reprise.api.catalogue;

import org.jspecify.annotations.NullMarked;

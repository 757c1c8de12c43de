/** What the services share: Kafka Streams, start-up checks, health, dead letters, metrics. */
@NullMarked
package dev.reprise.runtime;

import org.jspecify.annotations.NullMarked;

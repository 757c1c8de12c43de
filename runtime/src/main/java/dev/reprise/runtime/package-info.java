/** The services' shared runtime: Kafka Streams, start-up checks, health, dead letters, metrics. */
@NullMarked
package dev.reprise.runtime;

import org.jspecify.annotations.NullMarked;

/** What both services run on: configuration, Kafka Streams, dead letters, health and metrics. */
@NullMarked
package dev.reprise.runtime;

import org.jspecify.annotations.NullMarked;

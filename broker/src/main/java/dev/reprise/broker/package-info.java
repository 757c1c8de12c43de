/** A real Kafka broker in this JVM, for `run`, `serve` and integration tests. */
@NullMarked
package dev.reprise.broker;

import org.jspecify.annotations.NullMarked;

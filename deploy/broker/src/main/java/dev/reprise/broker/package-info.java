/** A real Kafka broker in this JVM, for the standalone mode and for integration tests. */
@NullMarked
package dev.reprise.broker;

import org.jspecify.annotations.NullMarked;

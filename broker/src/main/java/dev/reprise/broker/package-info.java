/** An embedded Kafka broker (KRaft), for {@code run}, {@code serve} and integration tests. */
@NullMarked
package dev.reprise.broker;

import org.jspecify.annotations.NullMarked;

/** JMH benchmarks: {@code ./mvnw -q -pl benchmarks -am verify -DskipTests -Pbench}. */
@NullMarked
package dev.reprise.benchmarks;

import org.jspecify.annotations.NullMarked;

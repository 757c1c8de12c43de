/** From FMA's echonest.csv to records of truth, without Kafka. */
@NullMarked
package dev.reprise.cli.truth;

import org.jspecify.annotations.NullMarked;

/** reprise truth: parses FMA's echonest.csv and publishes it as ground truth. */
@NullMarked
package dev.reprise.cli.truth;

import org.jspecify.annotations.NullMarked;

/** reprise consume: prints the records of a topic. */
@NullMarked
package dev.reprise.cli.consume;

import org.jspecify.annotations.NullMarked;

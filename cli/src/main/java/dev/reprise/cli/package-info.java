/** The command line: builds the commands and runs one. */
@NullMarked
package dev.reprise.cli;

import org.jspecify.annotations.NullMarked;

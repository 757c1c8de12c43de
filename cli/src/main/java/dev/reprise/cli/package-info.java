/** The command line: one class per command, each wires, runs and closes in reverse. */
@NullMarked
package dev.reprise.cli;

import org.jspecify.annotations.NullMarked;

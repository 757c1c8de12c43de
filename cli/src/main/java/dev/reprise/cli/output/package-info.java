/** Terminal output: tables, predictions, progress, log lines. */
@NullMarked
package dev.reprise.cli.output;

import org.jspecify.annotations.NullMarked;

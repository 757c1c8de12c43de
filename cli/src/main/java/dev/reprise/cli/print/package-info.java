/** What the user sees: rows of predictions, progress, faults. */
@NullMarked
package dev.reprise.cli.print;

import org.jspecify.annotations.NullMarked;

/** Asking a running API, and printing what it answers. */
@NullMarked
package dev.reprise.cli.ask;

import org.jspecify.annotations.NullMarked;

/** Option values from command line, environment and file; groups of options that commands share. */
@NullMarked
package dev.reprise.cli.options;

import org.jspecify.annotations.NullMarked;

/** reprise similar: queries a running API for similar tracks. */
@NullMarked
package dev.reprise.cli.similar;

import org.jspecify.annotations.NullMarked;

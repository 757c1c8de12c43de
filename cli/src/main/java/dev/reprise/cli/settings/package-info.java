/** Where an option's value comes from, and the options that commands share. */
@NullMarked
package dev.reprise.cli.settings;

import org.jspecify.annotations.NullMarked;

/** What all commands share: context, exit codes, shutdown and version. */
@NullMarked
package dev.reprise.cli.command;

import org.jspecify.annotations.NullMarked;

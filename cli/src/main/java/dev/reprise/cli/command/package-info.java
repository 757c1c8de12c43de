/** What every command shares: its context, exit codes and the version. */
@NullMarked
package dev.reprise.cli.command;

import org.jspecify.annotations.NullMarked;

/** reprise dead-letters: lists dead letters and replays their audio events. */
@NullMarked
package dev.reprise.cli.deadletters;

import org.jspecify.annotations.NullMarked;

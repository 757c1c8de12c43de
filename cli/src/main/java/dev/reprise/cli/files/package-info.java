/** Expands the command line's files and folders to audio files with track ids. */
@NullMarked
package dev.reprise.cli.files;

import org.jspecify.annotations.NullMarked;

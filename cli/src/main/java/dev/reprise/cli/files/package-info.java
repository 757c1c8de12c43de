/** From what the user names on the command line to audio files and track ids. */
@NullMarked
package dev.reprise.cli.files;

import org.jspecify.annotations.NullMarked;

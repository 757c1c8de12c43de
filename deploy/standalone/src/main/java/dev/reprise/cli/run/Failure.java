package dev.reprise.cli.run;

import dev.reprise.cli.files.Track;

/** A file that came to nothing, and why. */
record Failure(Track track, String reason, String message) {}

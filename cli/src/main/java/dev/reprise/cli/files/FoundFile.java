package dev.reprise.cli.files;

import java.nio.file.Path;

/**
 * An audio file that was given by name or found in a folder.
 *
 * @param path absolute, including the links through which it was found
 * @param real with all links resolved
 */
record FoundFile(Path path, Path real) {}

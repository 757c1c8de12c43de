package dev.reprise.cli.files;

import java.nio.file.Path;

/**
 * An audio file that was given by name or found in a folder.
 *
 * @param path absolute, through the links by which it was found below its argument
 * @param real with all links resolved
 */
record FoundFile(Path path, Path real) {}

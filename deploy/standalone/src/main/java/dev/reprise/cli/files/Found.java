package dev.reprise.cli.files;

import java.nio.file.Path;

/**
 * An audio file that was named or found.
 *
 * @param path its real path
 * @param name how it is called below the argument that led to it, with {@code /} between folders
 */
record Found(Path path, String name) {

  /** The name without the file's extension. */
  String stem() {
    int dot = name.lastIndexOf('.');
    return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
  }

  /** The file's own name, without folders and extension. */
  String fileStem() {
    return stem().substring(stem().lastIndexOf('/') + 1);
  }
}

package dev.reprise.acceptance.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file of the repository. Immutable. */
public record Document(Path path, List<String> lines) {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  public Document {
    lines = List.copyOf(lines);
  }

  /**
   * @param name path from the repository's root
   */
  public static Document read(String name) throws IOException {
    return read(ROOT.resolve(name));
  }

  /** The documents that a reader may be sent to. */
  static List<Document> all() throws IOException {
    List<Document> documents = new ArrayList<>();
    for (String name : List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md")) {
      documents.add(read(name));
    }
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".md")).sorted().toList()) {
        documents.add(read(file));
      }
    }
    return documents;
  }

  private static Document read(Path path) throws IOException {
    return new Document(path, Files.readAllLines(path));
  }

  public String text() {
    return String.join("\n", lines);
  }

  /**
   * The cells of every table row whose first cell is code, without the backquotes of cells that are
   * one piece of code.
   *
   * @param heading of the section to look in, without its number signs
   */
  public List<List<String>> rows(String heading) {
    return section(heading).stream()
        .filter(line -> line.startsWith("| `"))
        .map(
            line ->
                Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|"))
                    .map(cell -> cell.strip().replaceFirst("^`([^`]*)`$", "$1"))
                    .toList())
        .toList();
  }

  /** The lines between a heading and the next of the same rank or higher. */
  private List<String> section(String heading) {
    List<String> section =
        lines.stream().dropWhile(line -> !line.matches("#+ " + Pattern.quote(heading))).toList();
    if (section.isEmpty()) {
      throw new IllegalArgumentException(path + " has no heading '" + heading + "'.");
    }
    int rank = section.get(0).indexOf(' ');
    return section.stream()
        .skip(1)
        .takeWhile(line -> !line.matches("#{1," + rank + "} .*"))
        .toList();
  }
}

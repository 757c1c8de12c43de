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
   * Reads a document.
   *
   * @param name path from the repository's root
   */
  public static Document read(String name) throws IOException {
    return read(ROOT.resolve(name));
  }

  /** Returns the documents at the top, the modules' READMEs and everything in {@code docs}. */
  static List<Document> all() throws IOException {
    List<Document> documents = new ArrayList<>();
    try (Stream<Path> top = Files.walk(ROOT, 1);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      List<Path> candidates =
          top.flatMap(path -> Stream.of(path, path.resolve("README.md"))).toList();
      for (Path file :
          Stream.concat(candidates.stream(), docs)
              .filter(path -> path.toString().endsWith(".md") && Files.isRegularFile(path))
              .distinct()
              .sorted()
              .toList()) {
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
   * Returns the cells of every table row whose first cell is code. A cell that is entirely code is
   * returned without its backquotes.
   *
   * @param heading of the section, without its number signs
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

  /** Returns the lines between a heading and the next of the same or a higher level. */
  private List<String> section(String heading) {
    List<String> section =
        lines.stream().dropWhile(line -> !line.matches("#+ " + Pattern.quote(heading))).toList();
    if (section.isEmpty()) {
      throw new IllegalArgumentException(path + " has no heading '" + heading + "'.");
    }
    int level = section.get(0).indexOf(' ');
    return section.stream()
        .skip(1)
        .takeWhile(line -> !line.matches("#{1," + level + "} .*"))
        .toList();
  }
}

package dev.reprise.acceptance.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks the links between the documents, and from them to files of the repository. */
class LinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  @Test
  void linksResolveToFilesAndHeadings() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Document document : Document.all()) {
      for (String target : targets(document)) {
        links++;
        if (!isResolvable(document, target)) {
          broken.add(document.path().getFileName() + ": " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(300);
  }

  private static List<String> targets(Document document) {
    return LINK.matcher(document.text())
        .results()
        .map((MatchResult link) -> link.group(1))
        .filter(target -> !target.startsWith("http"))
        .toList();
  }

  private static boolean isResolvable(Document document, String target) throws IOException {
    String[] parts = target.split("#", 2);
    Path file =
        parts[0].isEmpty() ? document.path() : document.path().resolveSibling(parts[0]).normalize();
    if (parts.length == 1 || !Files.isRegularFile(file)) {
      return Files.exists(file);
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("#"))
        .map(LinksTest::anchor)
        .anyMatch(parts[1]::equals);
  }

  /** Returns the anchor of a heading, as common hosting sites derive it. */
  private static String anchor(String heading) {
    return heading
        .replaceFirst("^#+ ", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\w\\- ]", "")
        .replace(' ', '-');
  }
}

package dev.reprise.acceptance.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares licenses/THIRD-PARTY.md and NOTICE with the libraries that the build resolved. */
class ThirdPartyTest {
  /** Written by Maven: one dependency per line, {@code group:artifact:jar:version:scope}. */
  private static final Path DEPENDENCIES = Path.of("target", "runtime-dependencies.txt");

  private static final Pattern DEPENDENCY =
      Pattern.compile("^ +[\\w.-]+:([\\w.-]+):jar:(?:[\\w-]+:)?([\\w.-]+):(?:compile|runtime)");

  @Test
  void listsEveryLibraryOfTheArchives() throws IOException {
    Set<String> listed =
        Document.read("licenses/THIRD-PARTY.md").rows("Jars").stream()
            .map(row -> row.get(0))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> bundled =
        dependencies()
            // The GPU's build of the same library.
            .map(dependency -> dependency.group(1).replace("onnxruntime_gpu", "onnxruntime"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(listed).isEqualTo(bundled).hasSizeGreaterThan(50);
  }

  @Test
  void noticeNamesTheVersionOfFfmpeg() throws IOException {
    String version =
        dependencies()
            .filter(dependency -> dependency.group(1).equals("ffmpeg"))
            .map(dependency -> dependency.group(2))
            .findFirst()
            .orElseThrow();
    String release = version.substring(0, version.indexOf('-'));
    assertThat(Files.readString(Path.of("..", "NOTICE")))
        .contains(version, "https://ffmpeg.org/releases/ffmpeg-" + release + ".tar.xz");
  }

  private static Stream<MatchResult> dependencies() throws IOException {
    return Files.readAllLines(DEPENDENCIES).stream()
        .flatMap(line -> DEPENDENCY.matcher(line).results());
  }
}

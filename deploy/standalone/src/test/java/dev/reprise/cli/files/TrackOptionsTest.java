package dev.reprise.cli.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class TrackOptionsTest {
  private final Path music;

  TrackOptionsTest(@TempDir Path directory) throws IOException {
    music = directory.toRealPath();
  }

  @Test
  void findsAudioInFoldersSortedAndWithoutWhatIsHidden() throws Exception {
    create("b.mp3", "a/2.flac", "a/1.WAV", "cover.jpg", ".hidden.mp3", ".trash/x.mp3");
    assertThat(ids(music.toString())).containsExactly("a/1", "a/2", "b");
  }

  @Test
  void takesANamedFileWhateverItsName() throws Exception {
    create("take.unknown");
    assertThat(ids(music.resolve("take.unknown").toString())).containsExactly("take");
  }

  @Test
  void keepsTheExtensionWhereTwoFilesDifferInNothingElse() throws Exception {
    create("a.mp3", "a.flac", "b.mp3");
    assertThat(ids(music.toString())).containsExactly("a.flac", "a.mp3", "b");
  }

  @Test
  void countsAFileOnceHoweverItIsReached() throws Exception {
    create("x/a.mp3");
    String folder = music.resolve("x").toString();
    assertThat(ids(folder, folder + "/a.mp3", folder + "/../x/a.mp3")).containsExactly("a");
  }

  @Test
  void namesTracksByNumber() throws Exception {
    create("000/000002.mp3", "000/000000.mp3");
    assertThat(ids(music.toString(), "--track-id", "number")).containsExactly("0", "2");
  }

  @Test
  void refusesTwoTracksOfOneIdAndNamesWithoutANumber() throws Exception {
    create("x/01.mp3", "y/1.mp3", "song 7.mp3");
    assertThatThrownBy(() -> ids(music.toString(), "--track-id", "number"))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.faults())
                    .containsExactly(
                        music.resolve("song 7.mp3")
                            + " is not named by a number, as --track-id number expects.",
                        music.resolve("x/01.mp3")
                            + " and "
                            + music.resolve("y/1.mp3")
                            + " would both be track '1'; name one folder that holds both, or run"
                            + " them apart."));
  }

  @Test
  void listsEveryArgumentAtFault() throws Exception {
    create("empty/readme.txt");
    Path empty = music.resolve("empty");
    Path missing = music.resolve("missing");
    assertThatThrownBy(() -> ids(empty.toString(), missing.toString()))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.faults())
                    .containsExactly(
                        "There are no audio files in " + empty + ".",
                        missing + " does not exist."));
  }

  @Test
  void knowsTheFoldersThatHoldTheTracks() throws Exception {
    create("x/a.mp3", "y/b.mp3", "z/c.mp3");
    Files.createSymbolicLink(music.resolve("x/linked.mp3"), music.resolve("z/c.mp3"));
    TrackOptions options =
        parse(music.resolve("x").toString(), music.resolve("y/b.mp3").toString());
    assertThat(options.roots(options.tracks()))
        .containsExactly(music.resolve("x"), music.resolve("z"), music.resolve("y"));
  }

  private void create(String... names) throws IOException {
    for (String name : names) {
      Files.createDirectories(music.resolve(name).getParent());
      Files.createFile(music.resolve(name));
    }
  }

  private static List<String> ids(String... args) throws ConfigurationException {
    return parse(args).tracks().stream().map(Track::id).toList();
  }

  private static TrackOptions parse(String... args) {
    Options options = new Options();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
    return options.files;
  }

  @Command
  private static final class Options {
    @Mixin private final TrackOptions files = new TrackOptions();
  }
}

package dev.reprise.cli.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cli.options.Paths;
import dev.reprise.contract.TrackId;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class TrackOptionsTest {
  private final Path music;

  TrackOptionsTest(@TempDir Path directory) throws IOException {
    music = directory.toRealPath();
  }

  @Test
  void findsAudioInFoldersSortedAndCountsSkippedFiles() throws Exception {
    create("b.mp3", "a/2.flac", "a/1.WAV", "cover.jpg", ".hidden.mp3", ".cache/x.mp3");
    create(".Trash-1000/x.mp3", "$RECYCLE.BIN/x.mp3", "@eaDir/b.mp3/x.mp3", "__MACOSX/b.mp3");
    create("lost+found/x.mp3", "System Volume Information/x.mp3", ".AppleDouble/b.mp3");
    Files.createSymbolicLink(music.resolve("gone.mp3"), music.resolve("nothing"));
    Files.createSymbolicLink(music.resolve("c.mp3"), music.resolve("b.mp3"));
    TrackSelection selection = select("--root", music.toString(), music.toString());
    assertThat(ids(selection)).containsExactly("a/1.WAV", "a/2.flac", "b.mp3");
    assertThat(selection.errors()).isEmpty();
    assertThat(selection.skipped())
        .hasValue("Skipped: 2 hidden, 1 non-audio, 7 trash or system, 1 non-regular, 1 duplicate.");
  }

  @Test
  void skipsWhatAGlobMatches() throws Exception {
    create("demo/a.mp3", "live/demo/b.mp3", "live/c.mp3", "live/d.flac", "e.mp3");
    String folder = music.toString();
    TrackSelection byName = select("--root", folder, "--exclude", "demo", folder);
    assertThat(ids(byName)).containsExactly("e.mp3", "live/c.mp3", "live/d.flac");
    assertThat(byName.skipped()).hasValue("Skipped: 2 excluded.");
    TrackSelection byPath =
        select("--root", folder, "--exclude", "live/*.flac", "--exclude", "{d,e}*", folder);
    assertThat(ids(byPath)).containsExactly("live/c.mp3");
    assertThat(select("--exclude", "*.mp3", folder + "/e.mp3").errors())
        .containsExactly("All files were excluded.");
    assertThatThrownBy(() -> select("--exclude", "[", folder))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("'[' is not a glob: ");
  }

  @Test
  void acceptsAnyExtensionOfAFileGivenByName() throws Exception {
    create("take.unknown");
    String file = music.resolve("take.unknown").toString();
    assertThat(ids(select("--root", music.toString(), file))).containsExactly("take.unknown");
  }

  /** The id depends neither on other submissions nor on the working directory. */
  @Test
  void namesTracksByTheirWholePath() throws Exception {
    create("CD1/01.mp3", "CD1/01.flac", "CD2/01.mp3");
    String below = music.toString().substring(1);
    assertThat(ids(select(music.resolve("CD1").toString())))
        .containsExactly(below + "/CD1/01.flac", below + "/CD1/01.mp3");
    assertThat(ids(select(music.resolve("CD1/../CD2/01.mp3").toString())))
        .containsExactly(below + "/CD2/01.mp3");
  }

  @Test
  void selectsTheOthersIfAFileIsNotBelowTheRoot() throws Exception {
    create("x/a.mp3", "y/b.mp3");
    String root = music.resolve("x").toString();
    TrackSelection selection = select("--root", root, music.toString());
    assertThat(ids(selection)).containsExactly("a.mp3");
    assertThat(selection.errors())
        .containsExactly(music.resolve("y/b.mp3") + " is not below --root " + root + ".");
    assertThatThrownBy(() -> select("--root", root + "/a.mp3", root))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--root: " + root + "/a.mp3 is not a folder.");
  }

  @Test
  void shortensIdsToTheLimitOfAKey() throws Exception {
    String folder = "d".repeat(100) + "/é".repeat(60) + "/" + "e".repeat(100);
    create(folder + "/01.mp3", folder + "/02.mp3");
    List<String> ids = ids(select("--root", music.toString(), music.toString()));
    assertThat(ids).hasSize(2).doesNotHaveDuplicates();
    for (String id : ids) {
      assertThat(id).startsWith("~");
      assertThat(TrackId.fault(id.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }
    assertThat(ids.get(0)).endsWith("e/01.mp3");
  }

  /** To the file system, names are bytes. */
  @Test
  void namesThatAreNotTextHaveDifferentIds() throws Exception {
    for (String name : List.of("caf%E8.wav", "caf%E0.wav", "caf%C3%A8.wav", "%1B%5B2J.wav")) {
      Files.createFile(Path.of(URI.create(music.toUri() + name)));
    }
    create("caf\\xe8.wav");
    TrackSelection selection = select("--root", music.toString(), music.toString());
    assertThat(ids(selection))
        .containsExactlyInAnyOrder(
            "caf\\xe8.wav", "caf\\xe0.wav", "cafè.wav", "\\u001b[2J.wav", "caf\\\\xe8.wav");
    for (AudioTrack track : selection.tracks()) {
      assertThat(track.file()).exists();
      assertThat(TrackId.fault(track.id().getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    assertThat(ids(select("--root", music.toString(), music.toUri() + "caf%E8.wav")))
        .containsExactly("caf\\xe8.wav");
    assertThat(select(music.toUri() + "caf%E9.wav").errors())
        .containsExactly(music + "/caf\\xe9.wav does not exist.");
  }

  @Test
  void countsAFileOnceHoweverItIsReached() throws Exception {
    create("x/a.mp3");
    String folder = music.resolve("x").toString();
    assertThat(select(folder, folder + "/a.mp3", folder + "/../x/a.mp3").tracks()).hasSize(1);
  }

  @Test
  void namesTracksByNumber() throws Exception {
    create("000/000002.mp3", "000/000000.mp3");
    assertThat(ids(select(music.toString(), "--track-id", "number"))).containsExactly("0", "2");
  }

  @Test
  void rejectsDuplicateAndMissingNumbers() throws Exception {
    create("x/01.mp3", "y/1.mp3", "song 7.mp3", "8.mp3");
    TrackSelection selection = select(music.toString(), "--track-id", "number");
    assertThat(ids(selection)).containsExactly("8", "1");
    assertThat(selection.errors())
        .containsExactly(
            music.resolve("song 7.mp3")
                + " does not have a numeric name, which --track-id number requires.",
            music.resolve("y/1.mp3")
                + " has the same track id '1' as "
                + music.resolve("x/01.mp3")
                + "; rename it, or use --track-id path.");
  }

  @Test
  void selectsTheOthersIfAnArgumentIsInvalid() throws Exception {
    create("empty/readme.txt", "a.mp3");
    Path empty = music.resolve("empty");
    Path missing = music.resolve("missing");
    TrackSelection selection = select("" + empty, "" + missing, "" + music.resolve("a.mp3"));
    assertThat(selection.tracks()).hasSize(1);
    assertThat(selection.errors())
        .containsExactly(
            "There are no audio files in " + empty + ".", missing + " does not exist.");
  }

  /** A path that is too long for the system fails for every user, even root. */
  @Test
  void selectsTheOthersIfAFolderCannotBeRead() throws Exception {
    create("a/1.mp3", "z/2.mp3");
    String name = "d".repeat(250);
    bash("for i in {1..20}; do mkdir " + name + "; cd " + name + "; done; touch 3.mp3");
    try {
      TrackSelection selection = select("--root", music.toString(), music.toString());
      assertThat(ids(selection)).containsExactly("a/1.mp3", "z/2.mp3");
      assertThat(selection.errors())
          .singleElement()
          .asString()
          .startsWith(music + "/" + name)
          .endsWith(" cannot be read: File name too long.");
    } finally {
      bash("rm -rf " + name);
    }
  }

  private void bash(String command) throws Exception {
    Process process = new ProcessBuilder("bash", "-c", command).directory(music.toFile()).start();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void returnsTheFoldersThatHoldTheTracks() throws Exception {
    create("x/a.mp3", "y/b.mp3", "z/c.mp3");
    Files.createSymbolicLink(music.resolve("x/linked.mp3"), music.resolve("z/c.mp3"));
    TrackSelection selection = select("" + music.resolve("x"), "" + music.resolve("y/b.mp3"));
    assertThat(selection.tracks()).hasSize(3);
    assertThat(selection.roots())
        .containsExactly(music.resolve("x"), music.resolve("z"), music.resolve("y"));
  }

  private void create(String... names) throws IOException {
    for (String name : names) {
      Files.createDirectories(music.resolve(name).getParent());
      Files.createFile(music.resolve(name));
    }
  }

  private static List<String> ids(TrackSelection selection) {
    return selection.tracks().stream().map(AudioTrack::id).toList();
  }

  private static TrackSelection select(String... args) throws ConfigurationException {
    Options options = new Options();
    new CommandLine(options)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, new Paths())
        .parseArgs(args);
    return options.files.select();
  }

  @Command
  private static final class Options {
    @Mixin private final TrackOptions files = new TrackOptions();
  }
}

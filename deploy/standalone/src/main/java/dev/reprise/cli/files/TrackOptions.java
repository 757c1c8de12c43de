package dev.reprise.cli.files;

import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which files, and what their tracks are called. */
public final class TrackOptions {
  @Parameters(
      paramLabel = "FILE_OR_FOLDER",
      arity = "1..*",
      description = "Audio files; folders are searched for audio files.")
  private List<Path> arguments = new ArrayList<>();

  @Option(
      names = "--track-id",
      paramLabel = "path|number",
      description = {
        "What a track is called: 'path', the path below the argument without the extension, or"
            + " 'number', the number that the file is named, without leading zeros (default:"
            + " path)."
      })
  private TrackIdRule rule = TrackIdRule.PATH;

  /**
   * @throws ConfigurationException listing whatever does not exist, has no audio files, or has no
   *     track id of its own
   */
  public List<Track> tracks() throws ConfigurationException {
    AudioFiles files = new AudioFiles();
    arguments.forEach(files::add);
    List<String> faults = new ArrayList<>(files.faults());
    List<Found> found = files.found();
    List<String> ids = rule.ids(found);
    Map<String, Track> tracks = new LinkedHashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      add(new Track(ids.get(i), found.get(i).path()), tracks, faults);
    }
    if (!faults.isEmpty()) {
      throw new ConfigurationException(faults);
    }
    return List.copyOf(tracks.values());
  }

  /** Folders that together hold the tracks: those named, and those of files that lie elsewhere. */
  public List<Path> roots(List<Track> tracks) {
    Set<Path> roots = new LinkedHashSet<>();
    arguments.stream().filter(Files::isDirectory).forEach(folder -> roots.add(real(folder)));
    for (Track track : tracks) {
      if (roots.stream().noneMatch(track.file()::startsWith)) {
        roots.add(track.file().resolveSibling(""));
      }
    }
    return List.copyOf(roots);
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(Track track, Map<String, Track> tracks, List<String> faults) {
    Track other = tracks.putIfAbsent(track.id(), track);
    if (track.id().isEmpty()) {
      faults.add(track.file() + " is not named by a number, as --track-id number expects.");
    } else if (other != null) {
      faults.add(
          "%s and %s would both be track '%s'; name one folder that holds both, or run them apart."
              .formatted(other.file(), track.file(), track.id()));
    }
  }
}

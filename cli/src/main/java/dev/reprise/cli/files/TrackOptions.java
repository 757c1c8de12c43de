package dev.reprise.cli.files;

import dev.reprise.cli.files.TrackIdRule.NoTrackIdException;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Options that select audio files and name their tracks. */
public final class TrackOptions {
  @Parameters(
      paramLabel = "FILE_OR_FOLDER",
      arity = "1..*",
      description = "Audio files, as paths or file: URIs; folders are searched for audio files.")
  private List<Path> arguments = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "GLOB",
      converter = Globs.class,
      description =
          "Skip files and folders whose name, or path below the argument, matches; repeatable.")
  private List<PathMatcher> excludes = new ArrayList<>();

  @Option(
      names = "--track-id",
      paramLabel = "path|number",
      description = {
        "Track id: 'path' for the file's path below --root, or 'number' for the number that is"
            + " the file's name, without leading zeros (default: path)."
      })
  private TrackIdRule rule = TrackIdRule.PATH;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description =
          "Folder that track ids are relative to, for example that of the collection (default: the"
              + " file system's root).")
  private @Nullable Path root;

  /**
   * Finds the files and derives their track ids.
   *
   * @throws ConfigurationException if the root is not a folder
   */
  public TrackSelection select() throws ConfigurationException {
    FileFinder files = new FileFinder(excludes);
    arguments.forEach(files::add);
    Path realRoot = realRoot();
    List<String> errors = new ArrayList<>(files.errors());
    Map<String, AudioTrack> tracks = new LinkedHashMap<>();
    for (FoundFile file : files.found()) {
      try {
        add(new AudioTrack(rule.id(file.path(), realRoot), file.path()), tracks, errors);
      } catch (NoTrackIdException e) {
        errors.add(PathText.of(file.path()) + " " + e.getMessage() + ".");
      }
    }
    if (tracks.isEmpty() && errors.isEmpty()) {
      errors.add("All files were excluded.");
    }
    return new TrackSelection(
        List.copyOf(tracks.values()), files.roots(), errors, files.skipped().sentence());
  }

  private Path realRoot() throws ConfigurationException {
    if (root == null) {
      return Path.of("").toAbsolutePath().getRoot();
    }
    if (!Files.isDirectory(root)) {
      throw new ConfigurationException("--root: " + root + " is not a folder.");
    }
    try {
      return root.toRealPath();
    } catch (IOException e) {
      throw new ConfigurationException(FileErrors.cannotRead(root, e));
    }
  }

  private static void add(AudioTrack track, Map<String, AudioTrack> tracks, List<String> errors) {
    AudioTrack other = tracks.putIfAbsent(track.id(), track);
    if (other != null) {
      errors.add(
          "%s has the same track id '%s' as %s; rename it, or use --track-id path."
              .formatted(PathText.of(track.file()), track.id(), PathText.of(other.file())));
    }
  }
}

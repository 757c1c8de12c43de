package dev.reprise.cli.files;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The tracks that a command processes, selected by its arguments.
 *
 * @param tracks with unique ids
 * @param roots folders that together hold the files, links resolved
 * @param errors a sentence for each argument, folder or file that cannot be processed
 * @param skipped a sentence that counts the files and folders skipped
 */
public record TrackSelection(
    List<AudioTrack> tracks, List<Path> roots, List<String> errors, Optional<String> skipped) {

  public TrackSelection {
    tracks = List.copyOf(tracks);
    roots = List.copyOf(roots);
    errors = List.copyOf(errors);
  }
}

package dev.reprise.cli.files;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a command is to do of what it was given.
 *
 * @param tracks each with an id of its own
 * @param roots folders that together hold the files, links resolved
 * @param faults a sentence for each argument, folder or file that cannot be done
 * @param passedOver a sentence that counts what was left out on purpose
 */
public record TrackSelection(
    List<AudioTrack> tracks, List<Path> roots, List<String> faults, Optional<String> passedOver) {

  public TrackSelection {
    tracks = List.copyOf(tracks);
    roots = List.copyOf(roots);
    faults = List.copyOf(faults);
  }
}

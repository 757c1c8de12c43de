package dev.reprise.cli.files;

import dev.reprise.contract.ShortName;
import dev.reprise.contract.TrackId;
import java.nio.file.Path;

/** Rules that derive a track id from a file. */
public enum TrackIdRule {
  /** The path below the root, which is unique. */
  PATH {
    @Override
    String derive(Path file, Path root) throws NoTrackIdException {
      if (!file.startsWith(root)) {
        throw new NoTrackIdException("is not below --root " + PathText.of(root));
      }
      String below = PathText.of(file).substring(PathText.of(root).length());
      return below.startsWith("/") ? below.substring(1) : below;
    }
  },

  /** The number in the file's name, without leading zeros: FMA's {@code 000002.mp3} is 2. */
  NUMBER {
    @Override
    String derive(Path file, Path root) throws NoTrackIdException {
      return TrackId.numberIn(String.valueOf(file.getFileName()))
          .orElseThrow(
              () ->
                  new NoTrackIdException(
                      "does not have a numeric name, which --track-id number requires"));
    }
  };

  /** Thrown if a rule yields no id for a file; the message is a predicate of the file. */
  static final class NoTrackIdException extends Exception {
    NoTrackIdException(String message) {
      super(message);
    }
  }

  abstract String derive(Path file, Path root) throws NoTrackIdException;

  /**
   * Returns the file's id, which fits a record's key.
   *
   * @param file absolute, with the same symbolic links resolved as in {@code root}
   */
  String id(Path file, Path root) throws NoTrackIdException {
    return ShortName.to(TrackId.MAX_BYTES, derive(file, root));
  }
}

package dev.reprise.similarity.index;

/**
 * Thrown when a track is unknown, or has no values in the requested group. The message is for the
 * client.
 */
public final class TrackNotFoundException extends Exception {
  private static final long serialVersionUID = 1;

  TrackNotFoundException(String message) {
    super(message);
  }
}

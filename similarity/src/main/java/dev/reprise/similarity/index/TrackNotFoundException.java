package dev.reprise.similarity.index;

/**
 * A track that is not known, or has nothing of what is asked for. The message is for the client,
 * one sentence.
 */
public final class TrackNotFoundException extends Exception {
  private static final long serialVersionUID = 1;

  TrackNotFoundException(String message) {
    super(message);
  }
}

package dev.reprise.similarity.index;

/** A query whose parts do not go together. The message is for the client, one sentence. */
public final class ImpossibleQueryException extends Exception {
  private static final long serialVersionUID = 1;

  ImpossibleQueryException(String message) {
    super(message);
  }
}

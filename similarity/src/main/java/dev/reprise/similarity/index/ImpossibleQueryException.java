package dev.reprise.similarity.index;

/** Thrown for an invalid combination of query parameters. The message is for the client. */
public final class ImpossibleQueryException extends Exception {
  private static final long serialVersionUID = 1;

  ImpossibleQueryException(String message) {
    super(message);
  }
}

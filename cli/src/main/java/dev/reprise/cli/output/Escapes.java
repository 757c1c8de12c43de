package dev.reprise.cli.output;

import java.util.function.IntPredicate;

/** Escapes control characters, which a terminal would interpret instead of showing. */
public final class Escapes {
  private Escapes() {}

  /**
   * Returns the text with each control character (C0, DEL and C1) escaped as in JSON, for example
   * {@code \u001b}, so that an escaped line of JSON remains JSON.
   */
  public static String controls(String text) {
    return escape(text, Character::isISOControl);
  }

  /** Returns the same, except that tabs are kept, which separate the columns of a line. */
  static String line(String text) {
    return escape(text, c -> c != '\t' && Character.isISOControl(c));
  }

  private static String escape(String text, IntPredicate isEscaped) {
    if (text.chars().noneMatch(isEscaped)) {
      return text;
    }
    StringBuilder visible = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (isEscaped.test(c)) {
                visible.append("\\u%04x".formatted(c));
              } else {
                visible.append((char) c);
              }
            });
    return visible.toString();
  }
}

package dev.reprise.cli.output;

import java.util.function.IntPredicate;

/** Makes visible what a terminal would obey instead of showing. */
public final class Escapes {
  private Escapes() {}

  /**
   * Returns the text with each control character (C0, DEL and C1) written as JSON writes it, for
   * example {@code \u001b}, so that an escaped line of JSON remains JSON.
   */
  public static String controls(String text) {
    return escape(text, Character::isISOControl);
  }

  /** The same, but for tabs, which part the columns of a line. */
  static String line(String text) {
    return escape(text, c -> c != '\t' && Character.isISOControl(c));
  }

  private static String escape(String text, IntPredicate escaped) {
    if (text.chars().noneMatch(escaped)) {
      return text;
    }
    StringBuilder visible = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (escaped.test(c)) {
                visible.append("\\u%04x".formatted(c));
              } else {
                visible.append((char) c);
              }
            });
    return visible.toString();
  }
}

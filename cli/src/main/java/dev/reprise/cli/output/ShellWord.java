package dev.reprise.cli.output;

import java.util.regex.Pattern;

/** Text as one word of a POSIX shell's command line. */
public final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private ShellWord() {}

  /** Quotes the text if a shell would not take it literally. */
  public static String of(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}

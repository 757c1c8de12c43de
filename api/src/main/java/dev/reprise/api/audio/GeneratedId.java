package dev.reprise.api.audio;

import java.security.SecureRandom;

/** Random track ids for audio without one: 22 letters and digits, like Spotify's ids. */
public final class GeneratedId {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 22;
  private static final SecureRandom RANDOM = new SecureRandom();

  private GeneratedId() {}

  /** Returns a new id. */
  public static String next() {
    StringBuilder id = new StringBuilder(LENGTH);
    RANDOM.ints(LENGTH, 0, ALPHABET.length()).forEach(i -> id.append(ALPHABET.charAt(i)));
    return id.toString();
  }
}

package dev.reprise.api.audio;

import java.security.SecureRandom;

/** Track ids for audio that comes without one: 22 letters and digits, as Spotify's ids have. */
public final class GeneratedId {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 22;
  private static final SecureRandom RANDOM = new SecureRandom();

  private GeneratedId() {}

  public static String next() {
    StringBuilder id = new StringBuilder(LENGTH);
    RANDOM.ints(LENGTH, 0, ALPHABET.length()).forEach(i -> id.append(ALPHABET.charAt(i)));
    return id.toString();
  }
}

package dev.reprise.contract;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Shortens names to a maximum number of bytes. */
public final class ShortName {
  private static final int HASH_BYTES = 16;

  private ShortName() {}

  /**
   * Returns the text if it fits, else {@code ~HASH~TAIL}: half of its SHA-256 in hexadecimal digits
   * and as much of its end as there is room for, which is where paths differ.
   *
   * @param maxBytes in UTF-8, at least 34
   */
  public static String to(int maxBytes, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= maxBytes) {
      return text;
    }
    String head = "~" + HexFormat.of().formatHex(sha256(bytes), 0, HASH_BYTES) + "~";
    int start = bytes.length - (maxBytes - head.length());
    // Not in the middle of a character: its continuation bytes are 10xxxxxx.
    while (start < bytes.length && (bytes[start] & 0xc0) == 0x80) {
      start++;
    }
    return head + new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java platform has SHA-256.", e);
    }
  }
}

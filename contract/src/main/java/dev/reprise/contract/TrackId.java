package dev.reprise.contract;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Rules for track ids: 1 to 256 bytes of UTF-8 text without control characters. */
public final class TrackId {
  /** Maximum length of a track id, in bytes of UTF-8. */
  public static final int MAX_BYTES = 256;

  private static final Pattern NUMBERED_FILE = Pattern.compile("0*([0-9]+?)(\\.[^.]*)?");

  private TrackId() {}

  /**
   * Returns the number that a file is named by, without leading zeros: FMA's {@code 000002.mp3} is
   * 2. Empty if the name without its extension is not a number.
   */
  public static Optional<String> numberIn(String fileName) {
    Matcher name = NUMBERED_FILE.matcher(fileName);
    return name.matches() ? Optional.of(name.group(1)) : Optional.empty();
  }

  /** Returns what is wrong with a track id, as a predicate ("is empty"); empty if it is valid. */
  public static Optional<String> fault(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return Optional.of("is empty");
    }
    if (bytes.length > MAX_BYTES) {
      return Optional.of("has " + bytes.length + " bytes");
    }
    try {
      // Control characters indicate that the key is a serialised number, not text.
      return StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes))
              .chars()
              .anyMatch(Character::isISOControl)
          ? Optional.of("has control characters")
          : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.of("is not UTF-8 text");
    }
  }
}

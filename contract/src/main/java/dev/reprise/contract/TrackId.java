package dev.reprise.contract;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What may be a track's id: 1 to 256 bytes of UTF-8 text without control characters. */
public final class TrackId {
  /** Longest track id, in bytes of UTF-8. */
  public static final int MAX_BYTES = 256;

  private TrackId() {}

  /** What is wrong with the bytes as a track id, to be said after its name; null if nothing is. */
  public static @Nullable String fault(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return "is empty";
    }
    if (bytes.length > MAX_BYTES) {
      return "has " + bytes.length + " bytes";
    }
    try {
      // Control characters betray a key that is a serialised number, not text.
      return StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes))
              .chars()
              .anyMatch(Character::isISOControl)
          ? "has control characters"
          : null;
    } catch (CharacterCodingException e) {
      return "is not UTF-8 text";
    }
  }
}

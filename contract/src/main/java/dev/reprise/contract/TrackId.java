package dev.reprise.contract;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Validates track ids: 1 to 256 bytes of UTF-8 text without control characters. */
public final class TrackId {
  /** Maximum length of a track id, in bytes of UTF-8. */
  public static final int MAX_BYTES = 256;

  private TrackId() {}

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

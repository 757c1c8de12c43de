package dev.reprise.extractor.event;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What an audio-files record asks for.
 *
 * @param source where the audio is
 * @param time the event's own, if it says so
 * @param unknownFields names of JSON fields that Reprise does not know and ignores
 */
public record AudioEvent(Source source, Optional<Instant> time, Set<String> unknownFields) {
  public AudioEvent {
    unknownFields = Set.copyOf(unknownFields);
  }

  /** Where the audio is. */
  public sealed interface Source {}

  /**
   * The audio file's bytes, in the record itself.
   *
   * @param bytes handed over, not copied
   * @param mediaType without parameters, for example {@code audio/mpeg}; empty if unknown
   */
  @SuppressWarnings("ArrayRecordComponent") // Up to 16 MiB, compared by nobody.
  public record Inline(byte[] bytes, String mediaType) implements Source {}

  /** The audio stands elsewhere; the text as given, not yet parsed. */
  public record Remote(String uri) implements Source {}
}

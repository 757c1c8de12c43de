package dev.reprise.extractor.event;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The content of an audio-files record.
 *
 * @param source where the audio is
 * @param time the event's own time, if it gives one
 * @param unknownFields names of JSON fields that Reprise does not know and ignores
 */
public record AudioEvent(Source source, Optional<Instant> time, Set<String> unknownFields) {
  public AudioEvent {
    unknownFields = Set.copyOf(unknownFields);
  }

  /** The source of the audio: its bytes or a URI. */
  public sealed interface Source {}

  /**
   * The audio file's bytes, in the record itself.
   *
   * @param bytes not copied
   * @param mediaType in lower case, without parameters, for example {@code audio/mpeg}; empty if
   *     unknown
   */
  @SuppressWarnings("ArrayRecordComponent") // Up to 16 MiB, never compared.
  public record Inline(byte[] bytes, String mediaType) implements Source {}

  /**
   * The URI of an audio file.
   *
   * @param uri the text as given, not yet parsed
   * @param mediaType in lower case, without parameters; empty if unknown
   */
  public record ByUri(String uri, String mediaType) implements Source {
    /** Returns a source of unknown media type. */
    public ByUri(String uri) {
      this(uri, "");
    }
  }
}

package dev.reprise.api.audio;

import dev.reprise.contract.Json;
import dev.reprise.contract.MediaTypes;
import dev.reprise.contract.v1.AudioFile;

/**
 * An audio event to be sent.
 *
 * @param trackId id of the track, the record's key
 * @param eventId CloudEvents id
 * @param contentType media type of the value: that of an audio file, or JSON
 * @param value not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Not copied, and never compared.
public record Upload(String trackId, String eventId, String contentType, byte[] value) {

  /** Returns the event of a body: with the audio itself, or with its URI in the spool. */
  static Upload of(String trackId, String eventId, AudioBody body) {
    if (body.audio() instanceof ReceivedAudio.InRecord inRecord) {
      return new Upload(trackId, eventId, body.contentType(), inRecord.value());
    }
    AudioFile.Builder file =
        AudioFile.newBuilder().setUri(((ReceivedAudio.InSpool) body.audio()).name().uri());
    file.setMediaType(MediaTypes.ofAudio(body.contentType()));
    return new Upload(trackId, eventId, AudioBody.JSON, Json.bytes(file.build()));
  }
}

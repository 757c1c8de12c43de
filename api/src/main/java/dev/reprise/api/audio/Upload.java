package dev.reprise.api.audio;

/**
 * An audio event to be sent.
 *
 * @param trackId id of the track, the record's key
 * @param eventId CloudEvents id
 * @param contentType media type of the value: an audio type, or JSON
 * @param value not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Not copied, and never compared.
public record Upload(String trackId, String eventId, String contentType, byte[] value) {}

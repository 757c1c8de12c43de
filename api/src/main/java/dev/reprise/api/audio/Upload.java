package dev.reprise.api.audio;

/**
 * One audio event to be sent.
 *
 * @param eventId CloudEvents' id
 * @param contentType of the value: an audio type, or JSON
 * @param value handed over
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
public record Upload(String trackId, String eventId, String contentType, byte[] value) {}

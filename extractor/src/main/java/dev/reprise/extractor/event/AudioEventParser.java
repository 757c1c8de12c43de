package dev.reprise.extractor.event;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Json;
import dev.reprise.contract.MediaTypes;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.AudioFile;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Parses the value of an audio-files record: the audio itself if the {@code content-type} header
 * says so, else an {@code AudioFile} in JSON.
 */
public final class AudioEventParser {
  private static final String CLOUD_EVENTS_TIME = "ce_time";
  private static final Instant LATEST = Instant.parse("9997-12-31T23:59:59Z");

  private AudioEventParser() {}

  /**
   * Parses one event.
   *
   * @throws RejectedException ({@link Reason#EMPTY_EVENT} or {@link Reason#BAD_EVENT})
   */
  public static AudioEvent parse(byte @Nullable [] value, Headers headers)
      throws RejectedException {
    if (value == null || value.length == 0) {
      throw new RejectedException(
          Reason.EMPTY_EVENT, "The event has no value; send an AudioFile in JSON or the audio.");
    }
    Optional<Instant> time = cloudEventsTime(headers);
    String contentType = ContentType.of(headers);
    if (MediaTypes.isAudioFile(contentType)) {
      return new AudioEvent(new AudioEvent.Inline(value, contentType), time, Set.of());
    }
    if (ContentType.isJson(headers)) {
      return parseJson(value, time);
    }
    throw new RejectedException(
        Reason.BAD_EVENT,
        "The content-type "
            + contentType
            + " is not application/json, application/cloudevents+json, audio/*, video/*,"
            + " application/ogg or application/octet-stream.");
  }

  /**
   * Returns the event that a change of an object is: the object is its source, even if the change
   * deleted it.
   *
   * @throws RejectedException ({@link Reason#BAD_EVENT}) if the time is not valid
   */
  public static AudioEvent of(ObjectChange change, Headers headers) throws RejectedException {
    Optional<Instant> time = cloudEventsTime(headers);
    if (time.isEmpty() && change.time().isPresent()) {
      time = Optional.of(eventTime("field eventTime", change.time().get()));
    }
    return new AudioEvent(new AudioEvent.ByUri(change.uri()), time, Set.of());
  }

  /** Returns the time given by CloudEvents' header, in RFC 3339. */
  private static Optional<Instant> cloudEventsTime(Headers headers) throws RejectedException {
    Header header = headers.lastHeader(CLOUD_EVENTS_TIME);
    if (header == null || header.value() == null) {
      return Optional.empty();
    }
    String text = new String(header.value(), StandardCharsets.UTF_8);
    try {
      return Optional.of(eventTime("header ce_time", instant(Timestamps.parse(text))));
    } catch (ParseException e) {
      throw new RejectedException(
          Reason.BAD_EVENT,
          "The header ce_time is not a time like 2026-01-02T03:04:05Z; correct or omit it.",
          e);
    }
  }

  /**
   * Returns a time that is within range: Kafka has no timestamp before 1970, and the evaluation's
   * windows end before the year 9998.
   */
  private static Instant eventTime(String where, Instant instant) throws RejectedException {
    if (instant.isBefore(Instant.EPOCH) || instant.isAfter(LATEST)) {
      throw new RejectedException(
          Reason.BAD_EVENT,
          "The %s is %s, not between 1970 and 9997; it is the time of the event, not of the music."
              .formatted(where, instant));
    }
    return instant;
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  private static AudioEvent parseJson(byte[] value, Optional<Instant> headerTime)
      throws RejectedException {
    AudioFile.Builder file = AudioFile.newBuilder();
    Set<String> unknownFields;
    try {
      unknownFields = Json.parse(value, file);
    } catch (InvalidProtocolBufferException e) {
      throw new RejectedException(
          Reason.BAD_EVENT,
          "The value is not an AudioFile in JSON ("
              + e.getMessage()
              + "); for audio bytes set the header content-type to audio/*.",
          e);
    }
    Optional<Instant> time =
        headerTime.isEmpty() && file.hasTime()
            ? Optional.of(eventTime("field time", instant(file.getTime())))
            : headerTime;
    return switch (file.getSourceCase()) {
      case URI ->
          new AudioEvent(
              new AudioEvent.ByUri(file.getUri(), MediaTypes.ofAudio(file.getMediaType())),
              time,
              unknownFields);
      case CONTENT ->
          new AudioEvent(
              new AudioEvent.Inline(file.getContent().toByteArray(), ""), time, unknownFields);
      case SOURCE_NOT_SET ->
          throw new RejectedException(
              Reason.BAD_EVENT, "The AudioFile has neither uri nor content; set one of them.");
    };
  }
}

package dev.reprise.extractor.event;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.eventnotifications.s3.model.S3;
import software.amazon.awssdk.eventnotifications.s3.model.S3EventNotification;
import software.amazon.awssdk.eventnotifications.s3.model.S3EventNotificationRecord;
import software.amazon.awssdk.eventnotifications.s3.model.S3Object;

/**
 * A notification of a bucket, in S3's JSON as AWS, MinIO and other stores send it.
 *
 * @param change of an object's content; empty for a notification of anything else
 */
public record BucketNotification(Optional<ObjectChange> change) {
  private static final BucketNotification OTHER = new BucketNotification(Optional.empty());

  /** AWS sends one when notifications are configured; it has no records. */
  private static final String TEST_EVENT = "s3:TestEvent";

  /** MinIO's names of events begin with it, those of AWS do not. */
  private static final String SERVICE = "s3:";

  private static final String CREATED = "ObjectCreated:";

  /** MinIO's names for changes of an existing object that leave its content as it is. */
  private static final Set<String> SAME_CONTENT =
      Set.of("PutRetention", "PutLegalHold", "PutTagging", "DeleteTagging");

  private static final String REMOVED = "ObjectRemoved:";
  private static final String EXPIRED = "LifecycleExpiration:";
  private static final String DELETE_MARKER = "DeleteMarkerCreated";

  /**
   * Parses the value of an event.
   *
   * @return empty if it is not a notification
   * @throws RejectedException ({@link Reason#BAD_EVENT}) if it is one, but not valid
   */
  public static Optional<BucketNotification> parse(byte @Nullable [] value, Headers headers)
      throws RejectedException {
    if (value == null || !ContentType.isJson(headers)) {
      return Optional.empty();
    }
    return switch (form(value)) {
      case RECORDS -> Optional.of(read(value));
      case TEST -> Optional.of(OTHER);
      case NONE -> Optional.empty();
    };
  }

  private enum Form {
    RECORDS,
    TEST,
    NONE
  }

  /** Reads up to the first field that tells the form; the rest may be 16 MiB of audio. */
  private static Form form(byte[] value) {
    try (JsonReader json =
        new JsonReader(
            new InputStreamReader(new ByteArrayInputStream(value), StandardCharsets.UTF_8))) {
      json.beginObject();
      while (json.hasNext()) {
        switch (json.nextName()) {
          case "Records" -> {
            return Form.RECORDS;
          }
          case "Event" -> {
            return json.peek() == JsonToken.STRING && json.nextString().equals(TEST_EVENT)
                ? Form.TEST
                : Form.NONE;
          }
          case "uri", "content" -> {
            return Form.NONE;
          }
          default -> json.skipValue();
        }
      }
      return Form.NONE;
    } catch (IOException | IllegalStateException e) {
      // Not a JSON object; the parser of other events says so.
      return Form.NONE;
    }
  }

  private static BucketNotification read(byte[] value) throws RejectedException {
    S3EventNotificationRecord record = onlyRecord(value);
    String event = String.valueOf(record.getEventName());
    String name = event.startsWith(SERVICE) ? event.substring(SERVICE.length()) : event;
    String detail = name.substring(name.indexOf(':') + 1);
    if (name.startsWith(CREATED) && !SAME_CONTENT.contains(detail)) {
      return change(ObjectChange.Kind.CREATED, record, true);
    }
    if (name.startsWith(REMOVED) || name.startsWith(EXPIRED)) {
      // The version of a marker is its own, and not that of a deleted object.
      return change(ObjectChange.Kind.DELETED, record, !detail.equals(DELETE_MARKER));
    }
    return OTHER;
  }

  private static S3EventNotificationRecord onlyRecord(byte[] value) throws RejectedException {
    List<S3EventNotificationRecord> records;
    try {
      records = S3EventNotification.fromJson(value).getRecords();
    } catch (RuntimeException e) {
      // Which exceptions it throws for malformed values is not documented.
      throw bad("cannot be parsed: " + e.getMessage(), e);
    }
    if (records == null || records.size() != 1) {
      throw bad(
          "has "
              + (records == null ? 0 : records.size())
              + " records instead of one; send each as an event of its own",
          null);
    }
    return records.get(0);
  }

  private static BucketNotification change(
      ObjectChange.Kind kind, S3EventNotificationRecord record, boolean withVersion)
      throws RejectedException {
    S3 s3 = record.getS3();
    if (s3 == null
        || s3.getBucket() == null
        || isEmpty(s3.getBucket().getName())
        || s3.getObject() == null
        || isEmpty(s3.getObject().getKey())) {
      throw bad("lacks the bucket's name or the object's key", null);
    }
    S3Object object = s3.getObject();
    Optional<String> version =
        Optional.ofNullable(object.getVersionId()).filter(id -> withVersion && !id.isEmpty());
    return new BucketNotification(
        Optional.of(
            new ObjectChange(
                kind,
                s3.getBucket().getName(),
                key(object),
                version,
                Optional.ofNullable(record.getEventTime()))));
  }

  /** Returns the key, which notifications encode as forms do: a space is a plus sign. */
  private static String key(S3Object object) throws RejectedException {
    try {
      return object.getUrlDecodedKey();
    } catch (IllegalArgumentException e) {
      throw bad("has a key that is not URL-encoded", e);
    }
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  private static RejectedException bad(String what, @Nullable Exception cause) {
    return new RejectedException(Reason.BAD_EVENT, "The bucket notification " + what + ".", cause);
  }
}

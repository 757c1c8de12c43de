package dev.reprise.extractor.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketNotificationTest {
  /** As AWS documents it, shortened: "Event message structure", version 2.1. */
  private static final String AWS =
      """
      {"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-central-1",
        "eventTime":"2026-01-02T03:04:05.678Z","eventName":"%s",
        "userIdentity":{"principalId":"AWS:AIDA"},
        "requestParameters":{"sourceIPAddress":"192.0.2.1"},
        "responseElements":{"x-amz-request-id":"C3D1","x-amz-id-2":"FMyU"},
        "s3":{"s3SchemaVersion":"1.0","configurationId":"reprise",
          "bucket":{"name":"music","ownerIdentity":{"principalId":"A3"},"arn":"arn:aws:s3:::music"},
          "object":{"key":"albums/a+b%%2Bc%%C3%%A4.mp3","size":1024,"eTag":"d41d","versionId":"%s",
            "sequencer":"0055AED6DCD90281E5"}},
        "glacierEventData":{"restoreEventData":{"lifecycleRestorationExpiryTime":
          "2026-02-02T00:00:00.000Z","lifecycleRestoreStorageClass":"GLACIER"}}}]}
      """;

  /** As MinIO writes it to Kafka, from its documentation. */
  private static final String MINIO =
      """
      {"EventName":"%1$s","Key":"music/000002.mp3","Records":[{"eventVersion":"2.0",
        "eventSource":"minio:s3","awsRegion":"","eventTime":"2026-01-02T03:04:05.678Z",
        "eventName":"%1$s","userIdentity":{"principalId":"minioadmin"},
        "requestParameters":{"principalId":"minioadmin","region":"","sourceIPAddress":"127.0.0.1"},
        "responseElements":{"x-amz-id-2":"dd9025","x-amz-request-id":"185C",
          "x-minio-deployment-id":"6faeded5","x-minio-origin-endpoint":"http://172.17.0.2:9000"},
        "s3":{"s3SchemaVersion":"1.0","configurationId":"Config",
          "bucket":{"name":"music","ownerIdentity":{"principalId":"minioadmin"},
            "arn":"arn:aws:s3:::music"},
          "object":{"key":"000002.mp3","size":1024,"eTag":"d41d","contentType":"audio/mpeg",
            "userMetadata":{"content-type":"audio/mpeg"},"sequencer":"17B5E5D0C6B1A1F0"}},
        "source":{"host":"127.0.0.1","port":"","userAgent":"MinIO (linux; amd64)"}}]}
      """;

  private static final String TEST =
      """
      {"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-02T03:04:05.678Z",
       "Bucket":"music","RequestId":"5582","HostId":"8cLe"}
      """;

  @ParameterizedTest
  @ValueSource(strings = {"Put", "Post", "Copy", "CompleteMultipartUpload"})
  void anObjectThatWasCreatedIsASource(String how) throws Exception {
    ObjectChange change = change(AWS.formatted("ObjectCreated:" + how, "L4kq")).orElseThrow();
    assertThat(change)
        .isEqualTo(
            new ObjectChange(
                ObjectChange.Kind.CREATED,
                "music",
                "albums/a b+cä.mp3",
                Optional.of("L4kq"),
                Optional.of(Instant.parse("2026-01-02T03:04:05.678Z"))));
    assertThat(change.uri()).isEqualTo("s3://music/albums/a%20b+cä.mp3?versionId=L4kq");
    assertThat(change(MINIO.formatted("s3:ObjectCreated:" + how)).orElseThrow().uri())
        .isEqualTo("s3://music/000002.mp3");
  }

  @Test
  void anObjectThatWasDeletedOrHasExpiredIsDeleted() throws Exception {
    for (String event : new String[] {"ObjectRemoved:Delete", "LifecycleExpiration:Delete"}) {
      ObjectChange change = change(AWS.formatted(event, "L4kq")).orElseThrow();
      assertThat(change.kind()).isEqualTo(ObjectChange.Kind.DELETED);
      assertThat(change.versionId()).contains("L4kq");
    }
    assertThat(change(MINIO.formatted("s3:ObjectRemoved:Delete")).orElseThrow().kind())
        .isEqualTo(ObjectChange.Kind.DELETED);
  }

  @Test
  void theVersionOfADeleteMarkerIsNotThatOfTheObject() throws Exception {
    for (String event :
        new String[] {
          "ObjectRemoved:DeleteMarkerCreated", "LifecycleExpiration:DeleteMarkerCreated"
        }) {
      ObjectChange change = change(AWS.formatted(event, "L4kq")).orElseThrow();
      assertThat(change.kind()).isEqualTo(ObjectChange.Kind.DELETED);
      assertThat(change.versionId()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ObjectRestore:Completed",
        "ObjectTagging:Put",
        "ObjectAcl:Put",
        "ReducedRedundancyLostObject",
        "Replication:OperationFailedReplication",
        "s3:ObjectAccessed:Get",
        "s3:ObjectCreated:PutTagging",
        "s3:ObjectCreated:PutRetention",
        "s3:LifecycleDelMarkerExpiration:Delete"
      })
  void anythingElseChangesNoContent(String event) throws Exception {
    assertThat(change(AWS.formatted(event, "L4kq"))).isEmpty();
  }

  @Test
  void theTestEventIsANotificationOfNothing() throws Exception {
    assertThat(change(TEST)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "RIFF",
        "[]",
        "{}",
        "{\"uri\":\"file:///a.mp3\"}",
        "{\"uri\":\"file:///a.mp3\",\"Records\":1}",
        "{\"content\":\"AAAA\"}",
        "{\"Event\":\"other\"}",
        "{\"Event\":5}",
        "{\"truncated\":"
      })
  void otherValuesAreNoNotifications(String value) throws Exception {
    assertThat(parse(value, new RecordHeaders())).isEmpty();
  }

  @Test
  void audioIsNoNotification() throws Exception {
    Headers headers =
        new RecordHeaders().add("content-type", "audio/mpeg".getBytes(StandardCharsets.UTF_8));
    assertThat(parse(MINIO, headers)).isEmpty();
    assertThat(BucketNotification.parse(null, new RecordHeaders())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Records\":7}",
        "{\"Records\":[]}",
        "{\"Records\":null}",
        "{\"Records\":[{},{}]}",
        "{\"Records\":[{",
        "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\"}]}",
        "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":5}]}",
        "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"}}}]}",
        "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"eventTime\":\"yesterday\"}]}",
        "{\"Records\":[{\"eventName\":\"ObjectRemoved:Delete\",\"s3\":{\"bucket\":{\"name\":\"bu\"},"
            + "\"object\":{\"key\":\"%zz\"}}}]}"
      })
  void invalidNotificationsAreRejected(String value) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> parse(value, new RecordHeaders()))
        .withMessageStartingWith("The bucket notification ")
        .satisfies(rejected -> assertThat(rejected.reason()).isEqualTo(Reason.BAD_EVENT));
  }

  @Test
  void deeplyNestedJsonDoesNotOverflowTheStack() {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> parse("{\"Records\":" + "[".repeat(1_000_000), new RecordHeaders()));
  }

  @Test
  void trackIdsFollowTheRule() throws Exception {
    ObjectChange change = change(AWS.formatted("ObjectCreated:Put", "L4kq")).orElseThrow();
    assertThat(ObjectTrackIdRule.PATH.trackId(change)).isEqualTo("music/albums/a b+cä.mp3");
    assertThat(ObjectTrackIdRule.KEY.trackId(change)).isEqualTo("albums/a b+cä.mp3");
    assertThat(ObjectTrackIdRule.NAME.trackId(change)).isEqualTo("a b+cä");
    assertRejected(ObjectTrackIdRule.NUMBER, change);
    assertThat(
            ObjectTrackIdRule.NUMBER.trackId(
                change(MINIO.formatted("s3:ObjectCreated:Put")).orElseThrow()))
        .isEqualTo("2");
  }

  @Test
  void trackIdsFitTheKeyOfARecord() throws Exception {
    String id = ObjectTrackIdRule.PATH.trackId(created("x".repeat(1000) + ".mp3"));
    assertThat(id).hasSize(256).startsWith("~").endsWith(".mp3");
    assertRejected(ObjectTrackIdRule.PATH, created("a\u0007.mp3"));
    assertRejected(ObjectTrackIdRule.NAME, created("folder/"));
  }

  private static void assertRejected(ObjectTrackIdRule rule, ObjectChange change) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> rule.trackId(change))
        .withMessageContaining("--s3-track-id")
        .satisfies(rejected -> assertThat(rejected.reason()).isEqualTo(Reason.BAD_KEY));
  }

  private static ObjectChange created(String key) {
    return new ObjectChange(
        ObjectChange.Kind.CREATED, "music", key, Optional.empty(), Optional.empty());
  }

  private static Optional<ObjectChange> change(String json) throws RejectedException {
    return parse(json, new RecordHeaders()).orElseThrow().change();
  }

  private static Optional<BucketNotification> parse(String value, Headers headers)
      throws RejectedException {
    return BucketNotification.parse(value.getBytes(StandardCharsets.UTF_8), headers);
  }
}

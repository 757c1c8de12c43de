package dev.reprise.api.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AudioBodyTest {
  /**
   * The extractor would take the event for a notification, and withdraw the track of the object.
   */
  @Test
  void fieldsOfANotificationAreNotForwarded() throws Exception {
    String json =
        """
        {
          "Records": [{
            "eventName": "ObjectRemoved:Delete",
            "s3": {"bucket": {"name": "music"}, "object": {"key": "a.mp3"}}
          }],
          "uri": "https://example.org/a.mp3"
        }
        """;
    AudioBody body = AudioBody.ofJson(json.getBytes(StandardCharsets.UTF_8));
    assertThat(body.audio()).isInstanceOf(ReceivedAudio.InRecord.class);
    byte[] value = ((ReceivedAudio.InRecord) body.audio()).value();
    JsonObject sent =
        JsonParser.parseString(new String(value, StandardCharsets.UTF_8)).getAsJsonObject();
    assertThat(sent.keySet()).contains("uri").doesNotContain("Records");
    assertThat(sent.get("uri").getAsString()).isEqualTo("https://example.org/a.mp3");
  }
}

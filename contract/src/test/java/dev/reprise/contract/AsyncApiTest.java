package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.reprise.contract.v1.AudioFile;
import dev.reprise.contract.v1.ClipPrediction;
import dev.reprise.contract.v1.Drift;
import dev.reprise.contract.v1.ModelReference;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.QualityWindow;
import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.contract.v1.Truth;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Checks docs/asyncapi.yaml against the topics, the schemas and the records. */
class AsyncApiTest {
  private static final Topics TOPICS = Topics.defaults();

  private final JsonNode document = Documents.asyncApi();

  @Test
  void channelsAreThePublicTopics() {
    List<String> addresses = new ArrayList<>();
    document.get("channels").forEach(channel -> addresses.add(text(channel, "address")));
    assertThat(addresses)
        .containsExactlyInAnyOrder(
            TOPICS.audioFiles(),
            TOPICS.clipPredictions(),
            TOPICS.predictions(),
            TOPICS.shadowPredictions(),
            TOPICS.modelReferences(),
            TOPICS.truth(),
            TOPICS.quality(),
            TOPICS.qualityWindows(),
            TOPICS.drift(),
            TOPICS.deadLetters());
  }

  @Test
  void everyChannelHasAnOperation() {
    List<String> used = new ArrayList<>();
    document
        .get("operations")
        .forEach(operation -> used.add(operation.at("/channel/$ref").asString()));
    assertThat(used)
        .containsExactlyInAnyOrderElementsOf(
            document.get("channels").propertyNames().stream()
                .map(name -> "#/channels/" + name)
                .toList());
  }

  @Test
  void referencesResolve() {
    List<JsonNode> references = document.findValues("$ref");
    assertThat(references).hasSizeGreaterThan(10);
    for (JsonNode reference : references) {
      String target = reference.asString();
      boolean found =
          target.startsWith("#")
              ? !document.at(target.substring(1)).isMissingNode()
              : Documents.exists(target);
      assertThat(found).as(target).isTrue();
    }
  }

  @Test
  void examplesAreValidAndParseAsRecords() throws Exception {
    for (Message message :
        List.of(
            AudioFile.getDefaultInstance(),
            ClipPrediction.getDefaultInstance(),
            Prediction.getDefaultInstance(),
            ModelReference.getDefaultInstance(),
            Truth.getDefaultInstance(),
            TrackQuality.getDefaultInstance(),
            QualityWindow.getDefaultInstance(),
            Drift.getDefaultInstance())) {
      String name = message.getDescriptorForType().getName();
      JsonNode described = document.at("/components/messages/" + name);
      assertThat(described.at("/payload/$ref").asString()).isEqualTo("schemas/" + name + ".json");
      assertThat(described.get("examples").size()).isPositive();
      for (JsonNode example : described.get("examples")) {
        assertExample(name, example.get("payload"), message);
      }
    }
  }

  private static void assertExample(String schema, JsonNode payload, Message message)
      throws Exception {
    assertThat(Documents.schema(schema).validate(payload, Documents::assertFormats)).isEmpty();
    Message.Builder record = message.newBuilderForType();
    assertThat(Json.parse(payload.toString().getBytes(StandardCharsets.UTF_8), record)).isEmpty();
    assertThat(record.build()).isNotEqualTo(message);
  }

  @Test
  void deadLetterStagesMatchTheEnum() {
    List<String> stages = new ArrayList<>();
    document
        .at("/components/messages/DeadLetter/headers/properties/reprise_stage/enum")
        .forEach(stage -> stages.add(stage.asString()));
    assertThat(stages)
        .containsExactlyElementsOf(Arrays.stream(Stage.values()).map(Stage::label).toList());
  }

  private static String text(JsonNode node, String field) {
    return node.get(field).asString();
  }
}

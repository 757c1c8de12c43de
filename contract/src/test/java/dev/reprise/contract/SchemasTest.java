package dev.reprise.contract;

import static dev.reprise.contract.Schemas.assertNames;
import static dev.reprise.contract.Schemas.assertRequired;
import static dev.reprise.contract.Schemas.assertValid;
import static dev.reprise.contract.Schemas.errors;
import static dev.reprise.contract.Schemas.names;
import static dev.reprise.contract.Schemas.strings;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.AudioFile;
import dev.reprise.contract.v1.ClipPrediction;
import dev.reprise.contract.v1.GenreProbability;
import dev.reprise.contract.v1.InputStatistics;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truncation;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Checks the schemas in docs/schemas against records printed by {@link Json}. */
class SchemasTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  @Test
  void printedRecordsAreValid() {
    assertValid("Prediction", Json.print(prediction()));
    assertValid("ClipPrediction", Json.print(clipPrediction()));
    assertValid("AudioFile", Json.print(AudioFile.newBuilder().setUri("file:///a.mp3").build()));
    assertValid(
        "AudioFile",
        Json.print(
            AudioFile.newBuilder()
                .setUri("file:///a.mp3")
                .setTime(Timestamps.fromSeconds(1_767_323_045))
                .build()));
    assertValid(
        "AudioFile",
        Json.print(AudioFile.newBuilder().setContent(ByteString.copyFromUtf8("RIFF")).build()));
  }

  @Test
  void zerosAreValid() {
    AudioFeatures zeros = Feature.toRecord(new double[8]).toBuilder().setTempo(30).build();
    assertValid(
        "Prediction",
        Json.print(prediction().toBuilder().setFeatures(zeros).setStddev(zeros).build()));
    assertValid("ClipPrediction", Json.print(clipPrediction().toBuilder().setClipIndex(0).build()));
  }

  @Test
  void recordsWithoutARequiredFieldAreInvalid() {
    Set<String> required = strings(Documents.schemaNode("Prediction").get("required"));
    for (FieldDescriptor field : Prediction.getDescriptor().getFields()) {
      if (required.contains(field.getName()) && (field.hasPresence() || field.isRepeated())) {
        String json = Json.print(prediction().toBuilder().clearField(field).build());
        String without = json.replace("\"genres\":[],", "");
        assertThat(errors("Prediction", without)).as(field.getName()).isNotEmpty();
      }
    }
  }

  /** Records of older versions stay on the compacted topic, and a track may have no embedding. */
  @Test
  void embeddingMayBeAbsent() {
    String none = Json.print(prediction().toBuilder().clearEmbedding().build());
    assertThat(none).contains(",\"embedding\":\"\"");
    assertValid("Prediction", none);
    assertValid("Prediction", none.replace(",\"embedding\":\"\"", ""));
  }

  @Test
  void marksAndTruncationAreValidated() {
    Prediction half =
        prediction().toBuilder()
            .addMarks(Mark.TRUNCATED.label())
            .setTruncated(
                Truncation.newBuilder().setPromisedSeconds(83).setDecodedSeconds(41.5).build())
            .build();
    assertValid("Prediction", Json.print(half));
    assertValid("Prediction", Json.print(prediction()).replace(",\"marks\":[]", ""));
    assertThat(errors("Prediction", Json.print(half).replace("truncated\"]", "broken\"]")))
        .hasSize(1);
    JsonNode schema = Documents.schemaNode("Prediction").get("properties");
    assertThat(strings(schema.at("/marks/items/enum")))
        .isEqualTo(Arrays.stream(Mark.values()).map(Mark::label).collect(Collectors.toSet()));
    assertNames(schema.get("truncated"), Truncation.getDescriptor());
  }

  @ParameterizedTest
  @ValueSource(strings = {"AACAPw", "AACAPw=", "AACA-w==", "[1.0]"})
  void nonBase64EmbeddingIsInvalid(String embedding) {
    String json = Json.print(prediction());
    assertThat(json).contains("\"AACAPw==\"");
    assertThat(errors("Prediction", json.replace("AACAPw==", embedding))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"uri\": 7}",
        "{\"path\": \"/a.mp3\"}",
        "{\"uri\": \"file:///a.mp3\", \"content\": \"UklGRg==\"}"
      })
  void invalidAudioFilesAreRejected(String json) {
    assertThat(errors("AudioFile", json)).isNotEmpty();
  }

  @Test
  void valuesOutOfRangeAreInvalid() {
    AudioFeatures loud = prediction().getFeatures().toBuilder().setEnergy(1.000001).build();
    AudioFeatures slow = prediction().getFeatures().toBuilder().setTempo(29.999999).build();
    for (AudioFeatures features : List.of(loud, slow)) {
      assertThat(
              errors(
                  "ClipPrediction",
                  Json.print(clipPrediction().toBuilder().setFeatures(features).build())))
          .hasSize(1);
    }
  }

  @Test
  void impossibleTempoAndUncertaintyAreInvalid() {
    ClipPrediction clip = clipPrediction();
    for (ClipPrediction wrong :
        List.of(
            clip.toBuilder().setTempoAlternate(0).build(),
            clip.toBuilder().setTempoConfidence(1.000001).build(),
            clip.toBuilder().setUncertainty(features(-0.019)).build())) {
      assertThat(errors("ClipPrediction", Json.print(wrong))).isNotEmpty();
    }
  }

  @Test
  void schemasNameExactlyTheFieldsOfTheRecords() {
    JsonNode prediction = Documents.schemaNode("Prediction");
    JsonNode clip = Documents.schemaNode("ClipPrediction");
    assertNames(Documents.schemaNode("AudioFile"), AudioFile.getDescriptor());
    assertNames(prediction, Prediction.getDescriptor());
    Set<String> required = names(Prediction.getDescriptor());
    required.removeAll(Set.of("embedding", "truncated", "marks"));
    assertThat(strings(prediction.get("required"))).isEqualTo(required);
    assertRequired(clip, ClipPrediction.getDescriptor());
    for (JsonNode schema : List.of(prediction, clip)) {
      assertRequired(schema.at("/$defs/features"), AudioFeatures.getDescriptor());
      assertRequired(schema.at("/$defs/model"), Model.getDescriptor());
      assertRequired(schema.at("/$defs/genres/items"), GenreProbability.getDescriptor());
      assertRequired(schema.at("/$defs/inputs"), InputStatistics.getDescriptor());
    }
    assertThat(strings(clip.at("/$defs/deviations/required")))
        .isEqualTo(names(AudioFeatures.getDescriptor()));
    for (String part : List.of("deviations", "r2")) {
      assertThat(strings(prediction.at("/$defs/" + part + "/required")))
          .isEqualTo(names(AudioFeatures.getDescriptor()));
    }
  }

  private static Prediction prediction() {
    return Prediction.newBuilder()
        .setTrackId("2")
        .setExtractionId("reprise.audio-files.v1-0-0")
        .setEventTime(Timestamps.fromMillis(1_767_323_045_006L))
        .setClipCount(2)
        .setDurationSeconds(41.5)
        .setFeatures(features(0.5))
        .setStddev(features(0.25))
        .setR2(features(-0.019))
        .addGenres(GenreProbability.newBuilder().setName("Rock").setProbability(1))
        .setModel(model())
        .setUncertainty(features(0.125))
        .setTempoAlternate(60)
        .setTempoConfidence(0.75)
        .setBaseline(features(0.5))
        .setInputs(inputs())
        .setEmbedding(ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x3f}))
        .build();
  }

  private static ClipPrediction clipPrediction() {
    return ClipPrediction.newBuilder()
        .setTrackId("2")
        .setExtractionId("reprise.audio-files.v1-0-0")
        .setEventTime(Timestamps.fromMillis(1_767_323_045_000L))
        .setClipIndex(1)
        .setStartSeconds(30)
        .setDurationSeconds(11.5)
        .setFeatures(features(0.5))
        .addGenres(GenreProbability.newBuilder().setName("Rock").setProbability(1))
        .setModel(model())
        .setUncertainty(features(0.125))
        .setTempoAlternate(60)
        .setTempoConfidence(0.75)
        .setInputs(inputs())
        .build();
  }

  private static InputStatistics inputs() {
    return InputStatistics.newBuilder()
        .setLoudness(-23.5)
        .setMfcc1(100)
        .setMfcc2(-20)
        .setMfcc3(0)
        .setMfcc4(-0.000001)
        .build();
  }

  private static AudioFeatures features(double value) {
    double[] values = new double[8];
    Arrays.fill(values, value);
    AudioFeatures features = Feature.toRecord(values);
    return value == 0.5 ? features.toBuilder().setTempo(120).build() : features;
  }

  private static Model model() {
    return Model.newBuilder()
        .setName("echonest-cnn")
        .setVersion("0.1.0")
        .setSha256(DIGEST)
        .setExecutionProvider("cpu")
        .setContract(MfccContract.current().name())
        .setContractSha256(MfccContract.current().sha256())
        .build();
  }
}

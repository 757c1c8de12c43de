package dev.reprise.contract;

import static dev.reprise.contract.Schemas.assertNames;
import static dev.reprise.contract.Schemas.assertRequired;
import static dev.reprise.contract.Schemas.assertValid;
import static dev.reprise.contract.Schemas.errors;
import static dev.reprise.contract.Schemas.names;
import static dev.reprise.contract.Schemas.strings;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Distribution;
import dev.reprise.contract.v1.Drift;
import dev.reprise.contract.v1.DriftScores;
import dev.reprise.contract.v1.InputStatistics;
import dev.reprise.contract.v1.ModelReference;
import dev.reprise.contract.v1.QualityWindow;
import dev.reprise.contract.v1.Scope;
import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.contract.v1.Truth;
import dev.reprise.contract.v1.TruthMetadata;
import dev.reprise.contract.v1.TruthRanks;
import dev.reprise.contract.v1.TruthSocialFeatures;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Checks the schemas of truth, quality and drift against records printed by {@link Json}. */
class EvaluationSchemasTest {
  private static final String MODEL = "echonest-cnn@0.3.0";
  private static final Timestamp START = Timestamps.fromSeconds(1_767_225_600);

  @Test
  void printedRecordsAreValid() {
    for (Message record : List.of(truth(), track(), withdrawn(), window(), drift(), reference())) {
      assertValid(record.getDescriptorForType().getName(), Json.print(record));
    }
  }

  @Test
  void unknownValuesMayBeAbsent() {
    Scope overall = scope().toBuilder().clearWindowStart().clearWindowEnd().build();
    assertValid("Truth", Json.print(Truth.getDefaultInstance()));
    assertValid("Truth", "{\"audio_features\": {\"energy\": 0.7}}");
    assertValid("QualityWindow", Json.print(QualityWindow.newBuilder().setScope(overall).build()));
    assertValid(
        "Drift", Json.print(Drift.newBuilder().setScope(overall).setReference("training").build()));
  }

  @Test
  void onlyAWithdrawnTrackLacksFeatures() {
    for (String name : List.of("prediction", "truth", "error")) {
      FieldDescriptor field = TrackQuality.getDescriptor().findFieldByName(name);
      Message incomplete = track().toBuilder().clearField(field).build();
      Message excess = withdrawn().toBuilder().setField(field, track().getField(field)).build();
      assertThat(errors("TrackQuality", Json.print(incomplete))).as(name).isNotEmpty();
      assertThat(errors("TrackQuality", Json.print(excess))).as(name).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource
  void impossibleStatisticsAreInvalid(Message record) {
    assertThat(errors(record.getDescriptorForType().getName(), Json.print(record))).isNotEmpty();
  }

  static Stream<Message> impossibleStatisticsAreInvalid() {
    return Stream.of(
        window().toBuilder().setPearson(1.000001).build(),
        window().toBuilder().setR2(1.000001).build(),
        window().toBuilder().setMae(-0.000001).build(),
        window().toBuilder().setCoverage(1.000001).build(),
        window().toBuilder().setScope(scope().toBuilder().setFeature("loudness")).build(),
        window().toBuilder().setScope(scope().toBuilder().clearWindowEnd()).build(),
        drift().toBuilder().setScope(scope().toBuilder().setModel("echonest-cnn")).build(),
        drift().toBuilder().setReference("later").build(),
        drift().toBuilder().setScores(scores().toBuilder().setJensenShannon(0.8327)).build(),
        reference().toBuilder().putInputs("energy", distribution()).build(),
        reference().toBuilder().putFeatures("loudness", distribution()).build(),
        reference().toBuilder().putFeatures("tempo", Distribution.getDefaultInstance()).build(),
        track().toBuilder().setRole("chief").build(),
        track().toBuilder().setError(AudioFeatures.newBuilder().setEnergy(-1.000001)).build());
  }

  /** The schema, which producers read, states the ranges that the consumer enforces. */
  @Test
  void truthRangesMatchTheRules() {
    int compared = 0;
    for (FieldDescriptor group : Truth.getDescriptor().getFields()) {
      if (group.getJavaType() == JavaType.MESSAGE && !group.isMapField()) {
        for (FieldDescriptor column : group.getMessageType().getFields()) {
          if (column.getJavaType() == JavaType.DOUBLE) {
            assertSameRange(group, column);
            compared++;
          }
        }
      }
    }
    assertThat(compared).isEqualTo(8 + 2 + 5 + 5);
  }

  private static void assertSameRange(FieldDescriptor group, FieldDescriptor column) {
    JsonNode schema = Documents.schemaNode("Truth");
    JsonNode range =
        schema.at("/properties/" + group.getName() + "/properties/" + column.getName());
    if (range.has("$ref")) {
      range = schema.at(range.get("$ref").asString().substring(1));
    }
    double minimum = range.get("minimum").asDouble();
    double maximum = range.get("maximum").asDouble();
    for (double value : List.of(minimum, Math.nextDown(minimum), maximum, Math.nextUp(maximum))) {
      Truth.Builder truth = Truth.newBuilder();
      truth.getFieldBuilder(group).setField(column, value);
      boolean within = value >= minimum && value <= maximum;
      assertThat(TruthRules.faults(truth.build()).isEmpty())
          .as("%s.%s %s", group.getName(), column.getName(), value)
          .isEqualTo(within);
    }
  }

  @Test
  void schemasNameExactlyTheFieldsOfTheRecords() {
    for (Descriptor record :
        List.of(
            Truth.getDescriptor(),
            TrackQuality.getDescriptor(),
            QualityWindow.getDescriptor(),
            Drift.getDescriptor(),
            ModelReference.getDescriptor())) {
      assertNames(Documents.schemaNode(record.getName()), record);
    }
    assertNames(at("Truth", "/properties/audio_features"), AudioFeatures.getDescriptor());
    assertNames(at("Truth", "/properties/metadata"), TruthMetadata.getDescriptor());
    assertNames(at("Truth", "/properties/ranks"), TruthRanks.getDescriptor());
    assertNames(at("Truth", "/properties/social_features"), TruthSocialFeatures.getDescriptor());
    assertNames(at("TrackQuality", "/$defs/features"), AudioFeatures.getDescriptor());
    assertNames(at("TrackQuality", "/$defs/errors"), AudioFeatures.getDescriptor());
    assertNames(at("QualityWindow", "/$defs/scope"), Scope.getDescriptor());
    assertNames(at("Drift", "/$defs/scope"), Scope.getDescriptor());
    assertRequired(at("Drift", "/$defs/scores"), DriftScores.getDescriptor());
    assertRequired(Documents.schemaNode("ModelReference"), ModelReference.getDescriptor());
    assertRequired(at("ModelReference", "/$defs/distribution"), Distribution.getDescriptor());
  }

  @Test
  void schemasNameTheFeaturesAndInputs() {
    Set<String> features = names(AudioFeatures.getDescriptor());
    Set<String> inputs = names(InputStatistics.getDescriptor());
    inputs.add("duration");
    String feature = "/$defs/scope/properties/feature/enum";
    assertThat(strings(at("QualityWindow", feature))).isEqualTo(features);
    assertThat(strings(at("ModelReference", "/properties/features/propertyNames/enum")))
        .isEqualTo(features);
    assertThat(strings(at("ModelReference", "/properties/inputs/propertyNames/enum")))
        .isEqualTo(inputs);
    inputs.addAll(features);
    assertThat(strings(at("Drift", feature))).isEqualTo(inputs);
  }

  private static JsonNode at(String schema, String pointer) {
    return Documents.schemaNode(schema).at(pointer);
  }

  private static Truth truth() {
    Truth.Builder truth =
        Truth.newBuilder()
            .setTrackId("2")
            .setAudioFeatures(AudioFeatures.newBuilder().setEnergy(0).setTempo(120.5))
            .putTemporalFeatures("000", -1.5)
            .putTemporalFeatures("223", 0);
    truth.getMetadataBuilder().setArtistName("Nobody").setArtistLatitude(-90);
    truth.getRanksBuilder().setSongCurrencyRank(1);
    truth.getSocialFeaturesBuilder().setArtistHotttnesss(1);
    return truth.build();
  }

  private static TrackQuality track() {
    return withdrawn().toBuilder()
        .setPrediction(AudioFeatures.newBuilder().setEnergy(0.5).setTempo(120))
        .setTruth(AudioFeatures.newBuilder().setEnergy(0.75).setTempo(60))
        .setError(AudioFeatures.newBuilder().setEnergy(-0.25).setTempo(60))
        .setWithdrawn(false)
        .build();
  }

  private static TrackQuality withdrawn() {
    return TrackQuality.newBuilder()
        .setTrackId("2")
        .setModel(MODEL)
        .setRole("shadow")
        .setExtractionId("reprise.audio-files.v1-0-0")
        .setEventTime(START)
        .setWithdrawn(true)
        .build();
  }

  private static QualityWindow window() {
    return QualityWindow.newBuilder()
        .setScope(scope())
        .setPredictions(4)
        .setCount(2)
        .setCoverage(0.5)
        .setTruthLagSeconds(0)
        .setMae(10)
        .setRmse(12)
        .setBias(-10)
        .setR2(-3)
        .setPearson(-1)
        .setBaselineMae(8)
        .setBaselineRmse(9)
        .setWithin4Percent(0.5)
        .setWithin4PercentOrOctave(1)
        .setOctaveMae(2)
        .build();
  }

  private static Drift drift() {
    return Drift.newBuilder()
        .setScope(scope())
        .setReference("earlier")
        .setCount(3)
        .setMissing(1)
        .setMean(118.5)
        .setScores(scores())
        .build();
  }

  private static DriftScores scores() {
    return DriftScores.newBuilder()
        .setPsi(12)
        .setKs(1)
        .setWasserstein(3)
        .setJensenShannon(Math.sqrt(Math.log(2)))
        .build();
  }

  private static Scope scope() {
    return Scope.newBuilder()
        .setFeature("tempo")
        .setModel(MODEL)
        .setRole("serving")
        .setWindowStart(START)
        .setWindowEnd(Timestamps.fromSeconds(START.getSeconds() + 86_400))
        .build();
  }

  private static ModelReference reference() {
    return ModelReference.newBuilder()
        .setModel(MODEL)
        .setSha256("0123456789abcdef".repeat(4))
        .putFeatures("energy", distribution())
        .putInputs("loudness", distribution())
        .putInputs("duration", distribution())
        .build();
  }

  private static Distribution distribution() {
    return Distribution.newBuilder()
        .setMaximum(1)
        .addAllCounts(Collections.nCopies(1024, 7))
        .build();
  }
}

package dev.reprise.cli.print;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Mark;
import dev.reprise.contract.v1.GenreProbability;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import org.junit.jupiter.api.Test;

class PredictionFormatTest {
  private static final Prediction PREDICTION =
      Prediction.newBuilder()
          .setTrackId("Bach, J.S./\"Air\"")
          .setClipCount(2)
          .setDurationSeconds(45.5)
          .setFeatures(Feature.toRecord(new double[] {0, 0.25, 0.5, 0.75, 0.1, 0.2, 119.96, 1}))
          .setR2(Feature.toRecord(new double[] {0.5, 0.5, 0.5, 0.5, 0.03, 0.3, -0.1, 0.2}))
          .addGenres(GenreProbability.newBuilder().setName("Folk").setProbability(0.5))
          .addGenres(GenreProbability.newBuilder().setName("Rock").setProbability(0.25))
          .setModel(Model.newBuilder().setName("echonest-cnn").setVersion("0.1.0"))
          .setEmbedding(ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x3f}))
          .build();

  private static final Prediction DOUBTFUL =
      PREDICTION.toBuilder().addMarks(Mark.TRUNCATED.label()).addMarks(Mark.NOISE.label()).build();

  @Test
  void tableAlignsColumnsAndMarksFeaturesNotToTrust() {
    assertThat(PredictionFormat.TABLE.header(16))
        .hasValue(
            "track             acoust.   dance.   energy   instr.    live.  speech.    tempo"
                + "  valence  genre");
    assertThat(PredictionFormat.TABLE.row(PREDICTION, 16))
        .isEqualTo(
            "Bach, J.S./\"Air\"    0.000    0.250    0.500    0.750   ~0.100    0.200   ~120.0"
                + "    1.000  Folk");
    assertThat(PredictionTable.legend(PREDICTION))
        .hasValue(
            "~ little to go by: the model's cross-validated R2 is below 0.2 for liveness, tempo.");
  }

  @Test
  void csvQuotesWhatNeedsIt() {
    assertThat(PredictionFormat.CSV.header(0))
        .hasValue(
            "track_id,acousticness,danceability,energy,instrumentalness,liveness,speechiness,tempo,"
                + "valence,genre,genre_probability,duration_seconds,clip_count,model,marks");
    assertThat(PredictionFormat.CSV.row(PREDICTION, 0))
        .isEqualTo(
            "\"Bach, J.S./\"\"Air\"\"\",0.0,0.25,0.5,0.75,0.1,0.2,119.96,1.0,Folk,0.5,45.5,2,"
                + "echonest-cnn@0.1.0,");
    assertThat(PredictionFormat.CSV.row(DOUBTFUL, 0)).endsWith(",truncated noise");
  }

  @Test
  void tableNamesWhatIsDoubtful() {
    assertThat(PredictionFormat.TABLE.row(DOUBTFUL, 16)).endsWith("  Folk  [truncated, noise]");
  }

  @Test
  void jsonIsTheRecordInOneLine() {
    assertThat(PredictionFormat.JSON.header(0)).isEmpty();
    assertThat(PredictionFormat.JSON.row(PREDICTION, 0))
        .startsWith("{\"track_id\":\"Bach, J.S./\\\"Air\\\"\"")
        .contains("\"acousticness\":0.0")
        .contains("\"embedding\":\"AACAPw==\"")
        .doesNotContain("\n");
  }
}

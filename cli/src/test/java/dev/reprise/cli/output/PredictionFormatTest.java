package dev.reprise.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Mark;
import dev.reprise.contract.v1.GenreProbability;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import java.util.List;
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

  private static final IdColumn IDS = new IdColumn("", 16);

  private static final Prediction DOUBTFUL =
      PREDICTION.toBuilder().addMarks(Mark.TRUNCATED.label()).addMarks(Mark.NOISE.label()).build();

  @Test
  void tableAlignsColumnsAndMarksFeaturesOfLowR2() {
    assertThat(PredictionFormat.TABLE.header(IDS))
        .containsExactly(
            "track             acoust.   dance.   energy   instr.    live.  speech.    tempo"
                + "  valence  genre");
    assertThat(PredictionFormat.TABLE.row(PREDICTION, IDS))
        .isEqualTo(
            "Bach, J.S./\"Air\"    0.000    0.250    0.500    0.750   ~0.100    0.200   ~120.0"
                + "    1.000  Folk");
    assertThat(PredictionTable.legend(PREDICTION))
        .hasValue(
            "~ low confidence: the model's cross-validated R2 is below 0.2 for liveness, tempo.");
  }

  @Test
  void tablePrintsTheCommonFolderOnce() {
    IdColumn ids = IdColumn.of(List.of("Bach, J.S./a.mp3", "Bach, J.S./\"Air\"", "~0123~x.mp3"));
    assertThat(ids).isEqualTo(new IdColumn("Bach, J.S./", 11));
    assertThat(PredictionFormat.TABLE.header(ids))
        .hasSize(2)
        .first()
        .isEqualTo("Track ids below Bach, J.S./:");
    assertThat(PredictionFormat.TABLE.row(PREDICTION, ids)).startsWith("\"Air\"          0.000");
  }

  @Test
  void csvQuotesSpecialCharacters() {
    assertThat(PredictionFormat.CSV.header(IDS))
        .containsExactly(
            "track_id,acousticness,danceability,energy,instrumentalness,liveness,speechiness,tempo,"
                + "valence,genre,genre_probability,duration_seconds,clip_count,model,marks");
    assertThat(PredictionFormat.CSV.row(PREDICTION, IDS))
        .isEqualTo(
            "\"Bach, J.S./\"\"Air\"\"\",0.0,0.25,0.5,0.75,0.1,0.2,119.96,1.0,Folk,0.5,45.5,2,"
                + "echonest-cnn@0.1.0,");
    assertThat(PredictionFormat.CSV.row(DOUBTFUL, IDS)).endsWith(",truncated noise");
  }

  @Test
  void tablePrintsMarks() {
    assertThat(PredictionFormat.TABLE.row(DOUBTFUL, IDS)).endsWith("  Folk  [truncated, noise]");
  }

  @Test
  void jsonIsTheRecordInOneLine() {
    assertThat(PredictionFormat.JSON.header(IDS)).isEmpty();
    assertThat(PredictionFormat.JSON.row(PREDICTION, IDS))
        .startsWith("{\"track_id\":\"Bach, J.S./\\\"Air\\\"\"")
        .contains("\"acousticness\":0.0")
        .contains("\"embedding\":\"AACAPw==\"")
        .doesNotContain("\n");
  }
}

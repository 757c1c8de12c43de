package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.reprise.contract.TruthRules.Fault;
import dev.reprise.contract.v1.Truth;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TruthRulesTest {

  @ParameterizedTest
  @CsvSource({
    "audio_features, energy, 0, 1",
    "audio_features, tempo, 1, 1000",
    "social_features, artist_hotttnesss, 0, 1",
    "ranks, song_hotttnesss_rank, 1, 1000000000000",
    "metadata, artist_latitude, -90, 90",
    "metadata, artist_longitude, -180, 180",
  })
  void rangesIncludeTheirBounds(String group, String column, double minimum, double maximum) {
    assertThat(TruthRules.faults(truth(group, column, minimum))).isEmpty();
    assertThat(TruthRules.faults(truth(group, column, maximum))).isEmpty();
    for (double outside : List.of(Math.nextDown(minimum), Math.nextUp(maximum))) {
      assertThat(TruthRules.faults(truth(group, column, outside)))
          .containsExactly(
              new Fault(group, column, outside, new TruthRules.Range(minimum, maximum)));
    }
  }

  /** NaN compares false with everything, so an inverted comparison would accept it. */
  @Test
  void nonFiniteValuesAreFaults() {
    for (double value : List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)) {
      int columns = 0;
      for (FieldDescriptor group : Truth.getDescriptor().getFields()) {
        if (group.getJavaType() == JavaType.MESSAGE && !group.isMapField()) {
          for (FieldDescriptor column : group.getMessageType().getFields()) {
            if (column.getJavaType() == JavaType.DOUBLE) {
              assertFault(truth(group.getName(), column.getName(), value), column.getName());
              columns++;
            }
          }
        }
      }
      assertThat(columns).isEqualTo(8 + 2 + 5 + 5);
      assertFault(Truth.newBuilder().putTemporalFeatures("007", value).build(), "007");
    }
  }

  @Test
  void absentValuesAndTextAreValid() {
    Truth.Builder truth = Truth.newBuilder().setTrackId("2").putTemporalFeatures("000", -1e300);
    truth.getMetadataBuilder().setArtistName("").setAlbumDate("yesterday");
    assertThat(TruthRules.faults(truth.build())).isEmpty();
    assertThat(TruthRules.faults(Truth.getDefaultInstance())).isEmpty();
  }

  @Test
  void faultsAreInColumnOrder() {
    Truth.Builder truth = Truth.newBuilder().putTemporalFeatures("001", Double.NaN);
    truth.getRanksBuilder().setArtistDiscoveryRank(0);
    truth.getAudioFeaturesBuilder().setValence(-1).setEnergy(2).setLiveness(0.5);
    assertThat(TruthRules.faults(truth.build()).stream().map(Fault::column))
        .containsExactly("energy", "valence", "artist_discovery_rank", "001");
  }

  @Test
  void messagesNameTheAllowedRange() {
    assertThat(what(truth("audio_features", "energy", 1.7)))
        .isEqualTo("1.7 is not between 0 and 1");
    assertThat(what(truth("ranks", "song_currency_rank", 0)))
        .isEqualTo("0.0 is not between 1 and 1000000000000");
    assertThat(what(Truth.newBuilder().putTemporalFeatures("000", Double.NaN).build()))
        .isEqualTo("NaN is not a finite number");
  }

  private static String what(Truth truth) {
    return TruthRules.faults(truth).get(0).what();
  }

  private static void assertFault(Truth truth, String column) {
    assertThat(TruthRules.faults(truth)).extracting(Fault::column).containsExactly(column);
  }

  private static Truth truth(String group, String column, double value) {
    Truth.Builder truth = Truth.newBuilder();
    FieldDescriptor field = Truth.getDescriptor().findFieldByName(group);
    truth.getFieldBuilder(field).setField(field.getMessageType().findFieldByName(column), value);
    return truth.build();
  }
}

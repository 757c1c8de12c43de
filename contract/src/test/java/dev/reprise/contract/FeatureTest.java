package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.reprise.contract.v1.AudioFeatures;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FeatureTest {
  @Test
  void labelsMatchTheRecordFieldsInOrder() {
    assertThat(Arrays.stream(Feature.values()).map(Feature::label))
        .containsExactlyElementsOf(
            AudioFeatures.getDescriptor().getFields().stream()
                .map(FieldDescriptor::getName)
                .toList());
  }

  @Test
  void valuesAreSetInTheirFields() {
    AudioFeatures features = Feature.toRecord(new double[] {0, 1, 2, 3, 4, 5, 6, 7});
    assertThat(features.hasAcousticness()).isTrue();
    assertThat(features.getAcousticness()).isEqualTo(0);
    assertThat(features.getEnergy()).isEqualTo(2);
    assertThat(features.getTempo()).isEqualTo(6);
    assertThat(features.getValence()).isEqualTo(7);
  }

  @Test
  void valuesAreRoundedToAMillionth() {
    double[] values = {0.12345649, 0.12345651, -0.0000004, 1 / 3.0, 0, 0, 119.99999951, 0};
    AudioFeatures features = Feature.toRecord(values);
    assertThat(features.getAcousticness()).isEqualTo(0.123456);
    assertThat(features.getDanceability()).isEqualTo(0.123457);
    assertThat(features.getEnergy()).isZero();
    assertThat(features.getInstrumentalness()).isEqualTo(0.333333);
    assertThat(features.getTempo()).isEqualTo(120);
  }

  @Test
  void wrongNumberOfValuesIsRejected() {
    assertThatIllegalArgumentException().isThrownBy(() -> Feature.toRecord(new double[7]));
  }
}

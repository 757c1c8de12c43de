package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReasonTest {
  @Test
  void labelsAreWordsForHeadersAndMetrics() {
    assertThat(Arrays.stream(Reason.values()).map(Reason::label))
        .allMatch(label -> label.matches("[a-z]+(-[a-z]+)*"))
        .doesNotHaveDuplicates();
    assertThat(Reason.TOO_SHORT.label()).isEqualTo("too-short");
    assertThat(Reason.TOO_SHORT.stage().label()).isEqualTo("decode");
  }

  @Test
  void ofLabelReturnsTheReason() {
    for (Reason reason : Reason.values()) {
      assertThat(Reason.ofLabel(reason.label())).contains(reason);
    }
    assertThat(Reason.ofLabel("TOO_SHORT")).isEmpty();
  }
}

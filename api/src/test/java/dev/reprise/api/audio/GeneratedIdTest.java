package dev.reprise.api.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GeneratedIdTest {
  @Test
  void hasTheFormatOfSpotifysIds() {
    assertThat(GeneratedId.next()).matches("[0-9A-Za-z]{22}");
  }

  @Test
  void isUnique() {
    assertThat(Stream.generate(GeneratedId::next).limit(1_000)).doesNotHaveDuplicates();
  }
}

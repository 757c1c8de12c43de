package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Float32Test {
  @Test
  void isLittleEndian() {
    assertThat(Float32.encode(new float[] {1, -2.5f}).toByteArray())
        .containsExactly(0, 0, (byte) 0x80, 0x3f, 0, 0, 0x20, (byte) 0xc0);
  }

  @Test
  void roundTrips() {
    float[] values = {0, -0f, 1e-45f, Float.MAX_VALUE, Float.NaN};
    assertThat(Float32.decode(Float32.encode(values))).containsExactly(values);
    assertThat(Float32.view(Float32.encode(values)).remaining()).isEqualTo(values.length);
  }
}

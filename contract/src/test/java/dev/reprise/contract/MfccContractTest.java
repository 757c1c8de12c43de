package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MfccContractTest {
  private final MfccContract contract = MfccContract.current();

  @Test
  void everyParameterIsRead() {
    assertThat(contract.name()).isEqualTo("mfcc-librosa-22050-v1");
    assertThat(contract.sampleRateHz()).isEqualTo(22_050);
    assertThat(contract.resampler()).isEqualTo(new MfccContract.Resampler(180, 12, 0.957));
    assertThat(contract.fftSamples()).isEqualTo(2048);
    assertThat(contract.hopSamples()).isEqualTo(512);
    assertThat(contract.melBands()).isEqualTo(128);
    assertThat(contract.melMinHz()).isZero();
    assertThat(contract.melMaxHz()).isEqualTo(11_025);
    assertThat(contract.minimumPower()).isEqualTo(1e-10);
    assertThat(contract.rangeDb()).isEqualTo(80);
    assertThat(contract.coefficients()).isEqualTo(20);
    assertThat(contract.clipSamples()).isEqualTo(30 * 22_050);
    assertThat(contract.minimumLastSamples()).isEqualTo(10 * 22_050);
    assertThat(contract.minimumOnlySamples()).isEqualTo(22_050);
  }

  /**
   * Every published clip and every model carries this digest: a changed file is a new contract and
   * needs a new name.
   */
  @Test
  void digestIsTheSha256OfTheFile() throws Exception {
    try (InputStream file =
        Objects.requireNonNull(getClass().getResourceAsStream(contract.name() + ".json"))) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(file.readAllBytes());
      assertThat(contract.sha256()).isEqualTo(HexFormat.of().formatHex(digest));
    }
    assertThat(contract.sha256())
        .isEqualTo("4c8cac75fdaa8fee258265248b312da17071566cae817e84688f2b6dff641e86");
  }

  @Test
  void framesAreCentredOnEveryStartedHop() {
    assertThat(contract.maxFrames()).isEqualTo(1292);
    // The usual length of a decoded 30 s MP3.
    assertThat(contract.framesOf(660_984)).isEqualTo(1291);
    assertThat(contract.framesOf(511)).isEqualTo(1);
    assertThat(contract.framesOf(512)).isEqualTo(2);
  }
}

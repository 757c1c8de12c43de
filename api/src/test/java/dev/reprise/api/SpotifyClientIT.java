package dev.reprise.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Prediction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import se.michaelthelin.spotify.SpotifyApi;
import se.michaelthelin.spotify.enums.ModelObjectType;
import se.michaelthelin.spotify.exceptions.detailed.NotFoundException;
import se.michaelthelin.spotify.model_objects.specification.AudioFeatures;

/** A client of Spotify's API, with nothing but its base URL changed. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SpotifyClientIT {
  private static final String KNOWN = "4uLU6hMCjMI75M1A2tKUQC";
  private static final String UNKNOWN = "0000000000000000000000";

  private final Prediction prediction = TestRecords.prediction(KNOWN, 0, 1000, 1);
  private final RunningApi api;
  private final SpotifyApi spotify;

  SpotifyClientIT(@TempDir Path folder) throws Exception {
    api = RunningApi.start(folder);
    spotify =
        SpotifyApi.builder()
            .setScheme("http")
            .setHost("127.0.0.1")
            .setPort(api.port())
            .setAccessToken("none")
            .build();
    api.publish(Topics.defaults().predictions(), KNOWN, prediction);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> RawResponse.get(api.port(), "/v1/tracks/" + KNOWN).status() == 200);
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
  }

  @Test
  void readsPredictions() throws Exception {
    assertPrediction(spotify.getAudioFeaturesForTrack(KNOWN).build().execute());
    AudioFeatures[] several =
        spotify.getAudioFeaturesForSeveralTracks(KNOWN, UNKNOWN, KNOWN).build().execute();
    assertThat(several).hasSize(3);
    assertPrediction(several[0]);
    assertThat(several[1]).isNull();
    assertPrediction(several[2]);
    assertThatThrownBy(() -> spotify.getAudioFeaturesForTrack(UNKNOWN).build().execute())
        .isInstanceOf(NotFoundException.class);
  }

  private void assertPrediction(AudioFeatures actual) {
    dev.reprise.contract.v1.AudioFeatures expected = prediction.getFeatures();
    assertThat(actual.getAcousticness()).isEqualTo((float) expected.getAcousticness());
    assertThat(actual.getDanceability()).isEqualTo((float) expected.getDanceability());
    assertThat(actual.getEnergy()).isEqualTo((float) expected.getEnergy());
    assertThat(actual.getInstrumentalness()).isEqualTo((float) expected.getInstrumentalness());
    assertThat(actual.getLiveness()).isEqualTo((float) expected.getLiveness());
    assertThat(actual.getSpeechiness()).isEqualTo((float) expected.getSpeechiness());
    assertThat(actual.getTempo()).isEqualTo((float) expected.getTempo());
    assertThat(actual.getValence()).isEqualTo((float) expected.getValence());
    assertThat(actual.getDurationMs()).isEqualTo(45_500);
    assertThat(actual.getId()).isEqualTo(KNOWN);
    assertThat(actual.getType()).isEqualTo(ModelObjectType.AUDIO_FEATURES);
    assertThat(actual.getUri()).isEqualTo("reprise:track:" + KNOWN);
    assertThat(actual.getTrackHref())
        .isEqualTo("http://127.0.0.1:" + api.port() + "/v1/tracks/" + KNOWN);
    // Fields that are not predicted are absent.
    assertThat(actual.getKey()).isNull();
    assertThat(actual.getMode()).isNull();
    assertThat(actual.getLoudness()).isNull();
    assertThat(actual.getTimeSignature()).isNull();
    assertThat(actual.getAnalysisUrl()).isNull();
  }
}

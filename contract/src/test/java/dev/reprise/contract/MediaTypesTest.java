package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypesTest {
  @ParameterizedTest
  @CsvSource({
    "song.mp3, audio/mpeg",
    "SONG.WAV, audio/wav",
    "song.remix.flac, audio/flac",
    "song.xyz, application/octet-stream",
    "song, application/octet-stream",
    ", application/octet-stream"
  })
  void extensionsGiveTheMediaType(String name, String expected) {
    assertThat(MediaTypes.ofFileName(name)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "audio/flac, true",
    "video/mp4, true",
    "application/ogg, true",
    "application/octet-stream, true",
    "application/json, false",
    "multipart/form-data, false",
    "audio, false",
    "audio/, false",
    "'', false",
  })
  void audioFilesMayBeVideos(String type, boolean expected) {
    assertThat(MediaTypes.isAudioFile(type)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "audio/mpeg, audio/mpeg",
    "audio/MPEG;charset=x;q=1, audio/mpeg",
    "' Audio/Mpeg ; charset=x', audio/mpeg",
    "'', ''",
    "';charset=x', ''"
  })
  void parametersAndCaseAreRemoved(String header, String expected) {
    assertThat(MediaTypes.withoutParameters(header)).isEqualTo(expected);
  }
}

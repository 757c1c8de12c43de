package dev.reprise.similarity.index;

import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Truth;
import dev.reprise.contract.v1.TruthMetadata;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Provides an empty index, and factories of records. */
abstract class TrackIndexTestBase {
  static final String MODEL = "cnn@1.0.0";
  static final float[] NO_EMBEDDING = {};

  @TempDir Path folder;
  TrackIndex index;

  @BeforeEach
  void open() {
    index = TrackIndex.open(folder);
    index.restored();
  }

  @AfterEach
  void close() {
    index.close();
  }

  /** Returns features that are all equal but the tempo. */
  static AudioFeatures features(double value, double tempo) {
    double[] values = new double[Feature.values().length];
    Arrays.fill(values, value);
    values[Feature.TEMPO.ordinal()] = tempo;
    return Feature.toRecord(values);
  }

  static Truth location(double latitude, double longitude) {
    return Truth.newBuilder()
        .setMetadata(
            TruthMetadata.newBuilder().setArtistLatitude(latitude).setArtistLongitude(longitude))
        .build();
  }
}

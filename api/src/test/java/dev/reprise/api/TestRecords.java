package dev.reprise.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.ClipPrediction;
import dev.reprise.contract.v1.GenreProbability;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truth;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Synthetic records of the topics. */
public final class TestRecords {
  private TestRecords() {}

  /** Returns an extraction id, by the offset of its event. */
  public static String extraction(long offset) {
    return "reprise.audio-files.v1-0-" + offset;
  }

  /** Returns a prediction with features and an 8-dimensional embedding derived from the seed. */
  public static Prediction prediction(String trackId, long offset, long eventMillis, long seed) {
    Random random = new Random(seed);
    AudioFeatures features = features(random);
    ByteBuffer embedding = ByteBuffer.allocate(8 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 8; i++) {
      embedding.putFloat(random.nextFloat() - 0.5f);
    }
    return Prediction.newBuilder()
        .setTrackId(trackId)
        .setExtractionId(extraction(offset))
        .setEventTime(Timestamps.fromMillis(eventMillis))
        .setClipCount(2)
        .setDurationSeconds(45.5)
        .setFeatures(features)
        .addGenres(GenreProbability.newBuilder().setName("Rock").setProbability(1))
        .setModel(Model.newBuilder().setName("cnn").setVersion("1.0.0"))
        .setEmbedding(ByteString.copyFrom(embedding.array()))
        .build();
  }

  public static ClipPrediction clip(String trackId, long offset, long eventMillis, int index) {
    return ClipPrediction.newBuilder()
        .setTrackId(trackId)
        .setExtractionId(extraction(offset))
        .setEventTime(Timestamps.fromMillis(eventMillis))
        .setClipIndex(index)
        .setStartSeconds(30.0 * index)
        .setDurationSeconds(30)
        .setFeatures(features(new Random(index)))
        .addGenres(GenreProbability.newBuilder().setName("Folk").setProbability(0.75))
        .addGenres(GenreProbability.newBuilder().setName("Rock").setProbability(0.25))
        .build();
  }

  public static Truth truth(long seed) {
    return Truth.newBuilder().setAudioFeatures(features(new Random(seed))).build();
  }

  private static AudioFeatures features(Random random) {
    double[] values = random.doubles(Feature.values().length).toArray();
    values[Feature.TEMPO.ordinal()] = 60 + 120 * values[Feature.TEMPO.ordinal()];
    return Feature.toRecord(values);
  }
}

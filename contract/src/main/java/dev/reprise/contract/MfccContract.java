package dev.reprise.contract;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The parameters under which two sets of coefficients are comparable, read from the canonical JSON
 * file. Every record and every model has its name and the SHA-256 of its bytes; a mismatch is
 * rejected.
 *
 * <p>Lengths are in samples at {@code sampleRateHz}, frequencies in hertz. Immutable.
 */
public record MfccContract(
    String name,
    String sha256,
    int sampleRateHz,
    Resampler resampler,
    int fftSamples,
    int hopSamples,
    int melBands,
    double melMinHz,
    double melMaxHz,
    double minimumPower,
    double rangeDb,
    int coefficients,
    int clipSamples,
    int minimumLastSamples,
    int minimumOnlySamples) {

  /** The libswresample options that match librosa's {@code soxr_hq}. */
  public record Resampler(int filterSize, double kaiserBeta, double cutoff) {}

  private static final MfccContract CURRENT = load("mfcc-librosa-22050-v1.json");

  /** Returns the contract under which this build computes and scores. */
  public static MfccContract current() {
    return CURRENT;
  }

  /** Returns the number of frames in {@code samples} samples: centred, one per started hop. */
  public int framesOf(int samples) {
    return 1 + samples / hopSamples;
  }

  /** Returns the number of frames in a full clip: the width of the model's input. */
  public int maxFrames() {
    return framesOf(clipSamples);
  }

  private static MfccContract load(String resource) {
    byte[] bytes;
    try (InputStream in = MfccContract.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "The MFCC contract " + resource + " is not on the class path.");
      }
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    JsonObject json =
        JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)).getAsJsonObject();
    JsonObject resampler = json.getAsJsonObject("resampler");
    JsonObject frame = json.getAsJsonObject("frame");
    JsonObject mel = json.getAsJsonObject("mel");
    JsonObject decibel = json.getAsJsonObject("decibel");
    JsonObject clip = json.getAsJsonObject("clip");
    return new MfccContract(
        json.get("name").getAsString(),
        sha256(bytes),
        json.get("sample_rate_hz").getAsInt(),
        new Resampler(
            resampler.get("filter_size").getAsInt(),
            resampler.get("kaiser_beta").getAsDouble(),
            resampler.get("cutoff").getAsDouble()),
        frame.get("fft_samples").getAsInt(),
        frame.get("hop_samples").getAsInt(),
        mel.get("bands").getAsInt(),
        mel.get("min_hz").getAsDouble(),
        mel.get("max_hz").getAsDouble(),
        decibel.get("minimum_power").getAsDouble(),
        decibel.get("range_below_clip_maximum_db").getAsDouble(),
        json.getAsJsonObject("cepstrum").get("coefficients").getAsInt(),
        clip.get("samples").getAsInt(),
        clip.get("minimum_last_samples").getAsInt(),
        clip.get("minimum_only_samples").getAsInt());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java platform has SHA-256.", e);
    }
  }
}

package dev.reprise.extractor.golden;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One case of {@code src/test/golden/goldens/provenance.json}: a signal, and librosa's coefficients
 * of its clips.
 *
 * @param picks indices of some samples
 * @param values the script's samples at those indices, [picks][channels]
 */
public record Golden(
    String name,
    String signal,
    @SerializedName("rate_hz") int rateHz,
    int channels,
    int samples,
    int clips,
    int[] picks,
    float[][] values) {

  /** Coefficients of one clip, [20, frames] row-major. */
  public record Coefficients(int rows, int frames, float[] values) {}

  private static final Path FOLDER = Path.of("src/test/golden/goldens");

  /** Returns all cases, in the order of the script. */
  public static List<Golden> all() throws IOException {
    List<Golden> all = new ArrayList<>();
    String json = Files.readString(FOLDER.resolve("provenance.json"));
    for (JsonElement element :
        JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("cases")) {
      all.add(new Gson().fromJson(element, Golden.class));
    }
    return all;
  }

  public static Golden named(String name) throws IOException {
    return all().stream().filter(golden -> golden.name.equals(name)).findFirst().orElseThrow();
  }

  public float[][] signalSamples() {
    return GoldenSignals.of(signal, rateHz, channels, samples);
  }

  public Coefficients coefficients(int clip) throws IOException {
    return Npy.read(FOLDER.resolve(name + "." + clip + ".npy"));
  }

  @Override
  public String toString() {
    return name;
  }
}

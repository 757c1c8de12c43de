package dev.reprise.cli.print;

import dev.reprise.contract.Json;
import dev.reprise.contract.v1.Prediction;
import java.util.Optional;

/** How predictions are written: an optional first line, and a line each. */
public enum PredictionFormat {
  TABLE {
    @Override
    public Optional<String> header(int longestTrackId) {
      return Optional.of(PredictionTable.header(longestTrackId));
    }

    @Override
    public String row(Prediction prediction, int longestTrackId) {
      return PredictionTable.row(prediction, longestTrackId);
    }
  },

  /** The {@code Prediction} record as it stands on the topic. */
  JSON {
    @Override
    public Optional<String> header(int longestTrackId) {
      return Optional.empty();
    }

    @Override
    public String row(Prediction prediction, int longestTrackId) {
      return Json.print(prediction);
    }
  },

  CSV {
    @Override
    public Optional<String> header(int longestTrackId) {
      return Optional.of(PredictionCsv.header());
    }

    @Override
    public String row(Prediction prediction, int longestTrackId) {
      return PredictionCsv.row(prediction);
    }
  };

  /**
   * @param longestTrackId characters of the longest track id to come, for the width of its column
   */
  public abstract Optional<String> header(int longestTrackId);

  public abstract String row(Prediction prediction, int longestTrackId);
}

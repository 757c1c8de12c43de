package dev.reprise.cli.output;

import dev.reprise.contract.Json;
import dev.reprise.contract.v1.Prediction;
import java.util.List;

/** Output formats of predictions: header lines, then one line for each prediction. */
public enum PredictionFormat {
  TABLE {
    @Override
    public List<String> header(IdColumn ids) {
      return PredictionTable.header(ids);
    }

    @Override
    public String row(Prediction prediction, IdColumn ids) {
      return PredictionTable.row(prediction, ids);
    }
  },

  /** The {@code Prediction} record as on the topic. */
  JSON {
    @Override
    public List<String> header(IdColumn ids) {
      return List.of();
    }

    @Override
    public String row(Prediction prediction, IdColumn ids) {
      return Json.print(prediction);
    }
  },

  CSV {
    @Override
    public List<String> header(IdColumn ids) {
      return List.of(PredictionCsv.header());
    }

    @Override
    public String row(Prediction prediction, IdColumn ids) {
      return PredictionCsv.row(prediction);
    }
  };

  /**
   * Returns the lines before the first prediction.
   *
   * @param ids of all tracks
   */
  public abstract List<String> header(IdColumn ids);

  /** Returns a prediction as one line. */
  public abstract String row(Prediction prediction, IdColumn ids);
}

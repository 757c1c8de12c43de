package dev.reprise.cli.output;

import dev.reprise.contract.Json;
import dev.reprise.contract.v1.Prediction;
import java.util.List;

/** How predictions are written: first lines, and a line each. */
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

  /** The {@code Prediction} record as it stands on the topic. */
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
   * @param ids of the tracks to come
   */
  public abstract List<String> header(IdColumn ids);

  public abstract String row(Prediction prediction, IdColumn ids);
}

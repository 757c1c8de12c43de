package dev.reprise.inference.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.Map;

/** What an ONNX file says of itself, of a model too that this build could not serve. Immutable. */
public final class ModelProperties {
  private final ModelFile file;
  private final Map<String, String> custom;

  private ModelProperties(ModelFile file, Map<String, String> custom) {
    this.file = file;
    this.custom = Map.copyOf(custom);
  }

  /**
   * @throws ModelException if it is no model
   */
  public static ModelProperties read(ModelFile file) throws ModelException {
    try (SessionOptions options = new SessionOptions()) {
      // Nothing is going to be scored.
      options.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
      try (OrtSession session =
          OrtEnvironment.getEnvironment().createSession(file.bytes(), options)) {
        return new ModelProperties(file, session.getMetadata().getCustomMetadata());
      }
    } catch (OrtException | LinkageError e) {
      throw fault(file, e);
    }
  }

  /** The model's card, Markdown. */
  public String card() throws ModelException {
    String card = custom.get("reprise.card");
    if (card == null) {
      throw new ModelException(
          "Model "
              + file.path()
              + " has no card: its metadata lacks reprise.card; export it again with this version's"
              + " reprise-export.");
    }
    return card;
  }

  public ModelMetadata metadata() throws ModelException {
    try {
      return ModelMetadata.parse(custom, file.sha256());
    } catch (ModelException e) {
      throw fault(file, e);
    }
  }

  private static ModelException fault(ModelFile file, Throwable e) {
    return new ModelException(
        "Model " + file.path() + " cannot be read: " + e.getMessage() + ".", e);
  }
}

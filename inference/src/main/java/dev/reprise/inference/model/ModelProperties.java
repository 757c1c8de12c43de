package dev.reprise.inference.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.Map;

/**
 * The metadata properties of an ONNX file, even of a model that this build cannot serve. Immutable.
 */
public final class ModelProperties {
  private final ModelFile file;
  private final Map<String, String> custom;

  private ModelProperties(ModelFile file, Map<String, String> custom) {
    this.file = file;
    this.custom = Map.copyOf(custom);
  }

  /**
   * Reads the properties of a model's file.
   *
   * @throws ModelException if the file is not an ONNX model
   */
  public static ModelProperties read(ModelFile file) throws ModelException {
    try (SessionOptions options = new SessionOptions()) {
      // The session only reads metadata.
      options.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
      try (OrtSession session =
          OrtEnvironment.getEnvironment().createSession(file.bytes(), options)) {
        return new ModelProperties(file, session.getMetadata().getCustomMetadata());
      }
    } catch (OrtException | LinkageError e) {
      throw cannotBeRead(file, e);
    }
  }

  /** Returns the model card, in Markdown. */
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
      throw cannotBeRead(file, e);
    }
  }

  private static ModelException cannotBeRead(ModelFile file, Throwable e) {
    return new ModelException(
        "Model " + file.path() + " cannot be read: " + e.getMessage() + ".", e);
  }
}

package dev.reprise.inference.serving;

import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelFile;

/** Loads models. */
public interface ModelLoader {
  /**
   * Loads a model from its file, validates it and warms it up.
   *
   * @throws ModelException if the file is not a model that this build can serve
   */
  ServedModel load(ModelFile file) throws ModelException;
}

package dev.reprise.inference.serving;

import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelFile;

/** Makes a model of its file, checked and warmed up, ready to score. */
public interface ModelLoader {
  /**
   * @throws ModelException if the file is no model, or not one that this build can serve
   */
  ServedModel load(ModelFile file) throws ModelException;
}

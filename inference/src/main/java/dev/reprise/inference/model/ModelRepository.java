package dev.reprise.inference.model;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of models, {@code <name>/<version>/model.onnx}; versions are numbers with dots.
 * Immutable.
 */
public final class ModelRepository {
  private final Path root;

  public ModelRepository(Path root) {
    this.root = root;
  }

  /**
   * Finds a model's file.
   *
   * @param reference {@code NAME@VERSION}, or {@code NAME} for the newest version
   * @throws ModelException if it is not there
   */
  public Path find(String reference) throws ModelException {
    int at = reference.indexOf('@');
    String name = at < 0 ? reference : reference.substring(0, at);
    List<String> versions = versions(name);
    String version =
        at < 0 && !versions.isEmpty()
            ? versions.get(versions.size() - 1)
            : reference.substring(at + 1);
    if (!versions.contains(version)) {
      throw new ModelException(
          "Model "
              + reference
              + " is not in the repository "
              + root
              + (versions.isEmpty() ? "" : ", which has of it only " + String.join(", ", versions))
              + "; expected "
              + root.resolve(name).resolve(at < 0 ? "VERSION" : version).resolve("model.onnx")
              + ".");
    }
    return root.resolve(name).resolve(version).resolve("model.onnx");
  }

  /** The versions of a model that have a file, oldest first; none if there is no such model. */
  public List<String> versions(String name) throws ModelException {
    Path folder = root.resolve(name);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> Files.isRegularFile(entry.resolve("model.onnx")))
          .map(entry -> entry.getFileName().toString())
          .filter(version -> version.matches("\\d+(\\.\\d+)*"))
          .sorted(Comparator.comparing(Version::parse))
          .toList();
    } catch (IOException e) {
      throw new ModelException("The model repository " + root + " cannot be read: " + e, e);
    }
  }
}

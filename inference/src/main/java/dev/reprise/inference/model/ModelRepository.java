package dev.reprise.inference.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
   * @throws ModelException if the repository does not have it or cannot be read
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
              + (versions.isEmpty() ? "" : ", which has only " + String.join(", ", versions))
              + "; expected "
              + root.resolve(name).resolve(at < 0 ? "VERSION" : version).resolve("model.onnx")
              + ".");
    }
    return root.resolve(name).resolve(version).resolve("model.onnx");
  }

  /** Returns the names of the models that have at least one version, sorted. */
  public List<String> names() throws ModelException {
    List<String> names = new ArrayList<>();
    for (Path entry : entries(root)) {
      String name = entry.getFileName().toString();
      if (!versions(name).isEmpty()) {
        names.add(name);
      }
    }
    Collections.sort(names);
    return names;
  }

  /**
   * Returns the versions of a model that have a file, the oldest first; empty if the model does not
   * exist.
   */
  public List<String> versions(String name) throws ModelException {
    Path folder = root.resolve(name);
    return Files.isDirectory(folder)
        ? entries(folder).stream()
            .filter(entry -> Files.isRegularFile(entry.resolve("model.onnx")))
            .map(entry -> entry.getFileName().toString())
            .filter(version -> version.matches("\\d+(\\.\\d+)*"))
            .sorted(Comparator.comparing(Version::parse))
            .toList()
        : List.of();
  }

  private List<Path> entries(Path folder) throws ModelException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (IOException | UncheckedIOException e) {
      throw new ModelException("The model repository " + root + " cannot be read: " + e + ".", e);
    }
  }
}

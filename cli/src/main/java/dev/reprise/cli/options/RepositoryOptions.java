package dev.reprise.cli.options;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the models are. */
public final class RepositoryOptions {
  @Option(
      names = "--model-repository",
      paramLabel = "DIR",
      description =
          "Folder of NAME/VERSION/model.onnx (default: models beside the reprise command).")
  private @Nullable Path repository;

  public Path repository() {
    return repository == null ? defaultRepository() : repository;
  }

  /** The launcher says where it stands. */
  private static Path defaultRepository() {
    return Path.of(System.getProperty("reprise.home", ""), "models");
  }
}

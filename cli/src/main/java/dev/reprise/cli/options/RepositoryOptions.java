package dev.reprise.cli.options;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the model repository. */
public final class RepositoryOptions {
  @Option(
      names = "--model-repository",
      paramLabel = "DIR",
      description =
          "Folder of NAME/VERSION/model.onnx (default: models next to the reprise command).")
  private @Nullable Path repository;

  public Path repository() {
    return repository == null ? defaultRepository() : repository;
  }

  /** Returns the models next to the launcher, which passes its folder as {@code reprise.home}. */
  private static Path defaultRepository() {
    return Path.of(System.getProperty("reprise.home", ""), "models");
  }
}

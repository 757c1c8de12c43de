package dev.reprise.cli.settings;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model, and where it runs. */
public final class ModelOptions {
  @Option(
      names = "--model-repository",
      paramLabel = "DIR",
      description =
          "Folder of NAME/VERSION/model.onnx (default: models beside the reprise command).")
  private @Nullable Path repository;

  @Option(
      names = "--model",
      paramLabel = "NAME[@VERSION]",
      description =
          "Model that scores; the newest version unless given (default: ${DEFAULT-VALUE}).")
  private String model = "echonest-cnn";

  @Option(
      names = "--execution-provider",
      paramLabel = "auto|cpu|cuda",
      description = "Where the model runs; auto is CUDA where it can be had (default: auto).")
  private String executionProvider = "auto";

  public Path repository() {
    return repository == null ? defaultRepository() : repository;
  }

  public String model() {
    return model;
  }

  public String executionProvider() {
    return executionProvider;
  }

  /** The launcher says where it stands. */
  private static Path defaultRepository() {
    return Path.of(System.getProperty("reprise.home", ""), "models");
  }
}

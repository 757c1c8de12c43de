package dev.reprise.cli.options;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that select the model and its execution provider. */
public final class ModelOptions {
  public static final String DEFAULT_MODEL = "echonest-cnn";

  @Mixin private final RepositoryOptions repository = new RepositoryOptions();

  @Option(
      names = "--model",
      paramLabel = "NAME[@VERSION]",
      description = "Model that scores; without a version, the newest (default: ${DEFAULT-VALUE}).")
  private String model = DEFAULT_MODEL;

  @Option(
      names = "--execution-provider",
      paramLabel = "auto|cpu|cuda",
      description = "Where the model runs; auto is CUDA if available, else cpu (default: auto).")
  private String executionProvider = "auto";

  public Path repository() {
    return repository.repository();
  }

  public String model() {
    return model;
  }

  public String executionProvider() {
    return executionProvider;
  }
}

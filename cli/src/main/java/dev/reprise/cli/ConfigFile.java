package dev.reprise.cli;

import dev.reprise.cli.options.OptionSources;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/**
 * The first of two passes over the command line: {@code --config} must be known before the values
 * of the other options can be looked up.
 */
@Command
final class ConfigFile {
  static final String VARIABLE = "REPRISE_CONFIG";

  @Option(names = "--config", arity = "0..1")
  private @Nullable Path file;

  @Unmatched private List<String> rest = new ArrayList<>();

  private ConfigFile() {}

  /**
   * Returns the environment and, if one is named, the configuration file.
   *
   * @throws ConfigurationException if a file is named and cannot be read
   */
  static OptionSources read(Map<String, String> environment, String... args)
      throws ConfigurationException {
    ConfigFile pass = new ConfigFile();
    // The second pass reports errors in the command line.
    new CommandLine(pass).setOverwrittenOptionsAllowed(true).parseArgs(args);
    String variable = environment.get(VARIABLE);
    Path path = pass.file == null && variable != null ? Path.of(variable) : pass.file;
    if (path == null) {
      return OptionSources.of(environment);
    }
    try {
      return OptionSources.of(environment, path);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("The configuration file " + path + " does not exist.");
    } catch (IOException e) {
      throw new ConfigurationException(
          "The configuration file " + path + " cannot be read: " + e.getMessage() + ".");
    }
  }
}

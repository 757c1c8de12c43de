package dev.reprise.cli;

import dev.reprise.cli.command.Version;
import dev.reprise.cli.output.Logging;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root command, with the options that all commands share. */
@Command(
    name = "reprise",
    description = "Predicts the eight Echo Nest features of audio.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "%nEach option can also be given as an environment variable (--http-port as"
          + " REPRISE_HTTP_PORT) or in the --config file (http-port = 9404). The command line takes"
          + " precedence over the environment, and the environment over the file."
    })
final class RepriseCommand {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "Properties file with option values; also REPRISE_CONFIG. There is no default file.")
  private @Nullable Path config;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log each step, and print stack traces.")
  void verbose(boolean verbose) {
    if (verbose) {
      Logging.enableVerbose();
    }
  }
}

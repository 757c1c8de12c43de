package dev.reprise.cli.options;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the folder of a service's persistent state. */
public final class DataOptions {
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Folder for state and spooled files; each service has its own subfolder"
              + " (default: ~/.local/state/reprise, or $XDG_STATE_HOME/reprise if that is set).")
  private @Nullable Path directory;

  /** Returns the folder of one service. */
  public Path of(String service) {
    return (directory == null ? defaultDirectory() : directory).toAbsolutePath().resolve(service);
  }

  private static Path defaultDirectory() {
    String state = System.getenv("XDG_STATE_HOME");
    return state == null || state.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local", "state", "reprise")
        : Path.of(state, "reprise");
  }
}

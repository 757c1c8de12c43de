package dev.reprise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a command line in a separate process. */
final class OwnProcess {
  private OwnProcess() {}

  /**
   * Starts a command line.
   *
   * @param log receives standard output and standard error
   */
  static Process start(Path log, List<String> arguments) throws IOException {
    return start(log, List.of(), arguments);
  }

  /**
   * Starts a command line with JVM options.
   *
   * @param log receives standard output and standard error
   * @param options of the JVM
   */
  static Process start(Path log, List<String> options, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(arguments);
    command.addAll(1, options);
    if (Runtime.version().feature() >= 24) {
      // As in the launcher; without them the JVM's warnings would mix with the output.
      command.addAll(
          1,
          List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }
}

package dev.reprise.cli;

import dev.reprise.cli.output.Terminal;

/** The entry point: runs the command line with the process's environment and terminal. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(Cli.run(System.getenv(), Terminal.ofProcess(), args));
  }
}

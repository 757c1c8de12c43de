package dev.reprise.cli;

import dev.reprise.cli.output.Terminal;

/** The process: its environment, its terminal, its exit code. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(Cli.run(System.getenv(), Terminal.ofProcess(), args));
  }
}

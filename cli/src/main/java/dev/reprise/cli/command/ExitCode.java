package dev.reprise.cli.command;

/** Exit codes of the commands; 0 is success. */
public final class ExitCode {
  /** The command failed, or some of its files did. */
  public static final int FAILED = 1;

  /** The command line, the environment or the configuration file is invalid. */
  public static final int USAGE = 2;

  private ExitCode() {}
}

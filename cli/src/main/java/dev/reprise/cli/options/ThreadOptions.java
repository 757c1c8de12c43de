package dev.reprise.cli.options;

import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.Footprint;
import dev.reprise.runtime.Machine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the number of files or clips processed concurrently, which sets the resources. */
public final class ThreadOptions {
  private final Footprint footprint;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = PositiveInteger.class,
      description =
          "Files or clips processed concurrently (default: the number of processors, or fewer if"
              + " memory is short).")
  private @Nullable Integer threads;

  public ThreadOptions(Footprint footprint) {
    this.footprint = footprint;
  }

  /**
   * Returns the number of threads, after checking that the machine has the resources for them.
   *
   * @throws ConfigurationException if heap, memory or file descriptors are insufficient
   */
  public int count() throws ConfigurationException {
    Machine machine = Machine.here();
    int count = threads == null ? footprint.threadsFor(machine) : threads;
    footprint.check(count, machine);
    return count;
  }
}

package dev.reprise.cli.command;

import dev.reprise.runtime.Closer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what a command has started, when the command returns or the process receives SIGTERM or
 * SIGINT. Thread-safe.
 */
public final class ShutdownCloser implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ShutdownCloser.class);

  private final Closer closer = new Closer();
  private final Thread hook = new Thread(closer::close, "shutdown");

  public ShutdownCloser() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Takes ownership of a part that has just been started, and returns it. */
  public <T extends AutoCloseable> T add(T part) {
    return closer.add(part);
  }

  @Override
  public void close() {
    closer.close();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook is running, and finds nothing left to close.
      log.debug("Closed while the process is stopping");
    }
  }
}

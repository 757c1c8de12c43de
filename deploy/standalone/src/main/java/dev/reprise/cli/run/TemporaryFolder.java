package dev.reprise.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Utils;

/** A folder that is deleted with all that is in it. */
record TemporaryFolder(Path path) implements AutoCloseable {
  static TemporaryFolder create() throws IOException {
    return new TemporaryFolder(Files.createTempDirectory("reprise-run-"));
  }

  @Override
  public void close() throws IOException {
    Utils.delete(path.toFile());
  }
}

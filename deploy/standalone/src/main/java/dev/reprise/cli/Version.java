package dev.reprise.cli;

import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.IVersionProvider;

/** Answers {@code --version}. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    // The manifest has it; there is none when the classes are run from a build folder.
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "Reprise %s (Kafka %s, Java %s)"
          .formatted(
              version == null ? "(not packaged)" : version,
              AppInfoParser.getVersion(),
              Runtime.version())
    };
  }
}

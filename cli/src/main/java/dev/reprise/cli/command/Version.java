package dev.reprise.cli.command;

import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.IVersionProvider;

/** Answers {@code --version}. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "Reprise %s (Kafka %s, Java %s)"
          .formatted(text(), AppInfoParser.getVersion(), Runtime.version())
    };
  }

  /** This build's version. The manifest has it; there is none for classes in a build folder. */
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}

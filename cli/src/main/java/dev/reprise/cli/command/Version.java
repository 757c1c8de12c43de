package dev.reprise.cli.command;

import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.IVersionProvider;

/** Provides the text that {@code --version} prints. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "Reprise %s (Kafka %s, Java %s)"
          .formatted(text(), AppInfoParser.getVersion(), Runtime.version())
    };
  }

  /** Returns this build's version from the jar's manifest, which classes in a build folder lack. */
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}

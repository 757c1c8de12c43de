package dev.reprise.cli.options;

import dev.reprise.spool.S3Store;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The spool of uploads, which API and extractor share. */
public final class SpoolOptions {
  @Option(
      names = "--spool",
      paramLabel = "DIR|s3://BUCKET/PREFIX/",
      converter = Location.class,
      description =
          "Folder or bucket for uploads that are too large for a record; the same for API and"
              + " extractor (default: none).")
  private @Nullable SpoolLocation location;

  /**
   * @param store has the bucket, if the spool is in one
   */
  public Optional<SpoolConfig> config(S3Store store) {
    return Optional.ofNullable(location).map(it -> new SpoolConfig(it, store));
  }

  /** Converts a folder or a bucket. */
  static final class Location implements ITypeConverter<SpoolLocation> {
    @Override
    public SpoolLocation convert(String text) {
      try {
        return SpoolLocation.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}

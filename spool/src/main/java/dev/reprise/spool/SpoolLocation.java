package dev.reprise.spool;

import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the spool is: a folder or a bucket. */
public sealed interface SpoolLocation {

  /** A folder, which API and extractor share. */
  record Folder(Path path) implements SpoolLocation {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * A bucket.
   *
   * @param prefix of the keys; empty, or ends with a slash
   */
  record Bucket(String bucket, String prefix) implements SpoolLocation {
    private static final Pattern URL =
        Pattern.compile("s3://([A-Za-z0-9][A-Za-z0-9._-]{1,254})(?:/(.*))?");

    String key(SpoolName name) {
      return prefix + name.text();
    }

    @Override
    public String toString() {
      return "s3://" + bucket + "/" + prefix;
    }
  }

  /**
   * Parses a folder, as path or {@code file:} URI, or {@code s3://bucket/prefix/}.
   *
   * @throws IllegalArgumentException with one sentence without a full stop, if it is neither
   */
  static SpoolLocation parse(String text) {
    if (!text.startsWith("s3:")) {
      return new Folder(text.startsWith("file:/") ? Path.of(URI.create(text)) : Path.of(text));
    }
    Matcher url = Bucket.URL.matcher(text);
    if (!url.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a bucket; write s3://BUCKET/ or s3://BUCKET/PREFIX/".formatted(text));
    }
    String prefix = url.group(2) == null ? "" : url.group(2);
    return new Bucket(
        url.group(1), prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/");
  }
}

package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.event.AudioEvent;
import dev.reprise.runtime.ConfigurationException;
import java.nio.file.Path;

/** Opens the audio of events, inline or by URI. Thread-safe; the channels are not. */
public final class Sources implements AutoCloseable {
  private final FileSource files;
  private final HttpSource http;
  private final S3Source objects;

  /**
   * @param spoolDirectory where files fetched over HTTP are kept while they are read; must exist
   */
  public Sources(SourceLimits limits, Path spoolDirectory) {
    this.files = new FileSource(limits);
    this.http = new HttpSource(limits, spoolDirectory);
    this.objects = new S3Source(limits);
  }

  /**
   * Checks that the object store can be used, if any bucket is allowed.
   *
   * @throws ConfigurationException if region or credentials are missing
   */
  public void check() throws ConfigurationException {
    objects.check();
  }

  /**
   * Opens the audio for reading with seeks; the caller closes it.
   *
   * @throws RejectedException with a reason of stage fetch
   */
  public AudioInput open(AudioEvent.Source source) throws RejectedException {
    if (source instanceof AudioEvent.Inline inline) {
      return new AudioInput(new ByteArrayChannel(inline.bytes()), "", inline.mediaType());
    }
    SourceUri uri = SourceUri.parse(((AudioEvent.ByUri) source).uri());
    return switch (uri.scheme()) {
      case "file" -> files.open(uri);
      case "http", "https" -> http.open(uri);
      case "s3" -> objects.open(uri);
      default ->
          throw new RejectedException(
              Reason.BAD_URI,
              "The scheme of the URI "
                  + uri
                  + " is not supported; use file:, http:, https: or s3:.");
    };
  }

  /**
   * Returns whether an object still exists after one of its versions was deleted.
   *
   * @param uri an {@code s3:} URI, with the version that was deleted if the bucket has versions
   * @throws RejectedException with a reason of stage fetch, if its bucket is not allowed or the
   *     store does not respond
   */
  public boolean survivesDeletion(String uri) throws RejectedException {
    SourceUri object = SourceUri.parse(uri);
    // Without versions the object is gone, and the store need not be asked.
    return objects.requireAllowed(object).versionId().isPresent() && objects.exists(object);
  }

  @Override
  public void close() {
    objects.close();
  }
}

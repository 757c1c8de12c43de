package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.event.AudioEvent;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolName;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the audio of events, inline or by URI. Thread-safe; the channels are not. */
public final class Sources implements AutoCloseable {
  private final FileSource files;
  private final HttpSource http;
  private final S3Source objects;
  private final UploadSource uploads;

  /**
   * @param temporaryFolder where files fetched over HTTP are kept while they are read; must exist
   */
  public Sources(SourceLimits limits, Path temporaryFolder) {
    this(limits, temporaryFolder, Optional.empty());
  }

  /**
   * As above, with uploads.
   *
   * @param spool of the uploads; empty if there is none
   */
  public Sources(SourceLimits limits, Path temporaryFolder, Optional<Spool> spool) {
    this.files = new FileSource(limits);
    this.http = new HttpSource(limits, temporaryFolder);
    this.objects = new S3Source(limits);
    this.uploads = new UploadSource(spool, limits, objects);
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
    AudioEvent.ByUri named = (AudioEvent.ByUri) source;
    return open(SourceUri.parse(named.uri())).orMediaType(named.mediaType());
  }

  private AudioInput open(SourceUri uri) throws RejectedException {
    return switch (uri.scheme()) {
      case "file" -> files.open(uri);
      case "http", "https" -> http.open(uri);
      case "s3" -> objects.open(uri);
      case SpoolName.SCHEME -> uploads.open(uri);
      default ->
          throw new RejectedException(
              Reason.BAD_URI,
              "The scheme of the URI "
                  + uri
                  + " is not supported; use file:, http:, https: or s3:.");
    };
  }

  /** Returns the upload in the spool that an event names; empty if it names something else. */
  public static Optional<SpoolName> upload(AudioEvent.Source source) {
    if (!(source instanceof AudioEvent.ByUri named)) {
      return Optional.empty();
    }
    try {
      SourceUri uri = SourceUri.parse(named.uri());
      return uri.scheme().equals(SpoolName.SCHEME)
          ? Optional.of(SpoolName.of(uri))
          : Optional.empty();
    } catch (RejectedException e) {
      return Optional.empty();
    }
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

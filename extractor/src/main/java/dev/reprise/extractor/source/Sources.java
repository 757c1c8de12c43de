package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.event.AudioEvent;
import java.nio.file.Path;

/** Opens the audio of events, inline or by URI. Thread-safe; the channels are not. */
public final class Sources {
  private final FileSource files;
  private final HttpSource http;

  /**
   * @param spoolDirectory where remote files are kept while they are read; must exist
   */
  public Sources(SourceLimits limits, Path spoolDirectory) {
    this.files = new FileSource(limits);
    this.http = new HttpSource(limits, spoolDirectory);
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
      default ->
          throw new RejectedException(
              Reason.BAD_URI,
              "The scheme of the URI " + uri + " is not supported; use file:, http: or https:.");
    };
  }
}

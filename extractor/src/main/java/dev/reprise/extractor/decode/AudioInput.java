package dev.reprise.extractor.decode;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/**
 * An encoded audio file, with its name and media type as hints to its format. Owns the channel.
 *
 * @param channel the encoded audio, from position 0 on
 * @param fileName name with its extension, or empty if unknown
 * @param mediaType in lower case, without parameters, for example {@code audio/mpeg}; empty if
 *     unknown
 */
public record AudioInput(SeekableByteChannel channel, String fileName, String mediaType)
    implements Closeable {

  /** Returns an input without a name or media type. */
  public static AudioInput of(SeekableByteChannel channel) {
    return new AudioInput(channel, "", "");
  }

  /** Returns the input with a media type, if it has none. */
  public AudioInput orMediaType(String type) {
    return mediaType.isEmpty() ? new AudioInput(channel, fileName, type) : this;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

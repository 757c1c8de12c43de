package dev.reprise.extractor.source;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A read-only channel over a byte array. Not thread-safe. */
public class ByteArrayChannel extends ReadOnlyChannel {
  private final byte[] bytes;

  public ByteArrayChannel(byte[] bytes) {
    super(bytes.length);
    this.bytes = bytes;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    requireOpen();
    if (isAtEnd()) {
      return -1;
    }
    int count = Math.min(target.remaining(), bytes.length - (int) position);
    target.put(bytes, (int) position, count);
    position += count;
    return count;
  }
}

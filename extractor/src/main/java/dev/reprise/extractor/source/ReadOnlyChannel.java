package dev.reprise.extractor.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A channel of fixed size that can only be read; subclasses read at its position. Not thread-safe.
 */
public abstract class ReadOnlyChannel implements SeekableByteChannel {
  protected final long size;
  private boolean open = true;

  /** Where the next read begins; it may be beyond the end. */
  protected long position;

  /**
   * @param size in bytes
   */
  protected ReadOnlyChannel(long size) {
    this.size = size;
  }

  @Override
  public long position() throws IOException {
    requireOpen();
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) throws IOException {
    requireOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("Negative position " + newPosition);
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() throws IOException {
    requireOpen();
    return size;
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }

  /** Returns whether the position is at the end or beyond. */
  protected boolean isAtEnd() {
    return position >= size;
  }

  protected void requireOpen() throws ClosedChannelException {
    if (!open) {
      throw new ClosedChannelException();
    }
  }
}

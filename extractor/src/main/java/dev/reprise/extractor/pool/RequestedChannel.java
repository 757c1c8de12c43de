package dev.reprise.extractor.pool;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * The decoder process's view of a file: every read requests the bytes at the position from the
 * service. Positions beyond the end of the file are allowed, and reads from there return its end.
 * Not thread-safe.
 */
final class RequestedChannel implements SeekableByteChannel {
  private final DataInputStream in;
  private final DataOutputStream out;
  private final long size;
  private final byte[] bytes = new byte[Messages.MAX_READ_BYTES];
  private long position;

  RequestedChannel(DataInputStream in, DataOutputStream out, long size) {
    this.in = in;
    this.out = out;
    this.size = size;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (position >= size) {
      return -1;
    }
    out.writeByte(Messages.READ);
    out.writeLong(position);
    out.writeInt(Math.min(target.remaining(), bytes.length));
    out.flush();
    if (in.readByte() == Messages.UNREADABLE) {
      throw new IOException(in.readUTF());
    }
    int count = in.readInt();
    in.readFully(bytes, 0, count);
    target.put(bytes, 0, count);
    position += count;
    return count == 0 ? -1 : count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    if (newPosition < 0) {
      throw new IllegalArgumentException("Negative position " + newPosition);
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
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
    return true;
  }

  @Override
  public void close() {
    // The service owns the file.
  }
}

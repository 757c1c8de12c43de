package dev.reprise.extractor.pool;

import dev.reprise.extractor.source.ReadOnlyChannel;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The decoder process's view of a file: every read requests the bytes at the position from the
 * service. The service owns the file. Positions beyond the end of the file are allowed, and reads
 * from there return its end. Not thread-safe.
 */
final class RequestedChannel extends ReadOnlyChannel {
  private final DataInputStream in;
  private final DataOutputStream out;
  private final byte[] bytes = new byte[Messages.MAX_READ_BYTES];

  RequestedChannel(DataInputStream in, DataOutputStream out, long size) {
    super(size);
    this.in = in;
    this.out = out;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (isAtEnd()) {
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
}

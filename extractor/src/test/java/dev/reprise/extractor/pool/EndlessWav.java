package dev.reprise.extractor.pool;

import dev.reprise.extractor.WavFiles;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** A WAV file of 12 hours of silence that takes no memory. */
final class EndlessWav implements SeekableByteChannel {
  private static final byte[] HEADER = WavFiles.toneWithoutLength(22_050, 0);
  private static final long SIZE = HEADER.length + 12L * 3_600 * 22_050 * Short.BYTES;

  private long position;

  @Override
  public int read(ByteBuffer target) {
    int count = (int) Math.min(target.remaining(), SIZE - position);
    for (int i = 0; i < count; i++) {
      target.put(position < HEADER.length ? HEADER[(int) position] : 0);
      position++;
    }
    return count == 0 ? -1 : count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return SIZE;
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}

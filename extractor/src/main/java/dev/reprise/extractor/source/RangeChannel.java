package dev.reprise.extractor.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A read-only channel over an object that is fetched in ranges of whole blocks, as they are needed.
 *
 * <p>A read that continues the last range fetches twice as many blocks as that range had, up to
 * {@link #MAX_RANGE_BLOCKS}; any other fetches one. So sequential reading takes few requests, and
 * an index or a tag at the end of a file costs one block. The most recently used blocks stay in
 * memory, at most {@link #MAX_CACHED_BLOCKS}.
 *
 * <p>Not thread-safe.
 */
final class RangeChannel extends ReadOnlyChannel {
  static final int BLOCK_BYTES = 1 << 20;
  static final int MAX_RANGE_BLOCKS = 8;

  static final int MAX_CACHED_BLOCKS = 16;

  /** What one channel takes at most: its blocks, and a range that is being fetched. */
  static final long MAX_HEAP_BYTES = (long) (MAX_CACHED_BLOCKS + MAX_RANGE_BLOCKS) * BLOCK_BYTES;

  /** Fetches a range of the object. */
  interface RangeReader {
    /**
     * Returns the bytes from {@code start} on, exactly {@code length} of them.
     *
     * @throws IOException if they cannot be fetched, or the object has changed
     */
    byte[] read(long start, int length) throws IOException;
  }

  private final RangeReader reader;
  private final Map<Long, byte[]> blocks = new LinkedHashMap<>(16, 0.75f, true);
  private long rangeEnd;
  private int rangeBlocks;

  /**
   * @param first the first bytes of the object, at most {@link #firstRangeBytes}; fewer only if it
   *     has no more
   * @param size of the object, in bytes
   */
  RangeChannel(RangeReader reader, byte[] first, long size) {
    super(size);
    this.reader = reader;
    keep(0, first);
  }

  /** Returns the number of bytes to fetch before the object's size is known. */
  static int firstRangeBytes() {
    return MAX_RANGE_BLOCKS * BLOCK_BYTES;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    requireOpen();
    if (isAtEnd()) {
      return -1;
    }
    byte[] block = block(position / BLOCK_BYTES);
    int offset = (int) (position % BLOCK_BYTES);
    int count = Math.min(target.remaining(), block.length - offset);
    target.put(block, offset, count);
    position += count;
    return count;
  }

  private byte[] block(long index) throws IOException {
    byte[] cached = blocks.get(index);
    if (cached != null) {
      return cached;
    }
    int count = index == rangeEnd ? Math.min(2 * rangeBlocks, MAX_RANGE_BLOCKS) : 1;
    for (int i = 1; i < count; i++) {
      if (blocks.containsKey(index + i)) {
        count = i;
      }
    }
    long start = index * BLOCK_BYTES;
    int length = (int) Math.min((long) count * BLOCK_BYTES, size - start);
    evictTo(MAX_CACHED_BLOCKS - blocksIn(length));
    byte[] range = reader.read(start, length);
    if (range.length != length) {
      throw new IOException(range.length + " bytes were sent instead of " + length);
    }
    return keep(index, range);
  }

  /** Caches the blocks of a range, and returns the first; empty if the range is. */
  private byte[] keep(long index, byte[] range) {
    rangeBlocks = blocksIn(range.length);
    rangeEnd = index + rangeBlocks;
    // Backwards, so that the first is the most recently used.
    for (int i = rangeBlocks - 1; i >= 0; i--) {
      int from = i * BLOCK_BYTES;
      blocks.put(
          index + i, Arrays.copyOfRange(range, from, Math.min(range.length, from + BLOCK_BYTES)));
    }
    return blocks.getOrDefault(index, range);
  }

  private static int blocksIn(int bytes) {
    return Math.max(1, (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
  }

  /** Makes room before a range is fetched, so that it is not in memory beside what it replaces. */
  private void evictTo(int remaining) {
    Iterator<Long> oldest = blocks.keySet().iterator();
    for (int excess = blocks.size() - remaining; excess > 0; excess--) {
      oldest.next();
      oldest.remove();
    }
  }

  @Override
  public void close() {
    super.close();
    blocks.clear();
  }
}

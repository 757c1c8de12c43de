package dev.reprise.extractor.decode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.stream.IntStream;

/**
 * Finds where a file's audio begins: after the ID3v2 and APEv2 tags and the zeros ahead of it.
 *
 * <p>FFmpeg looks for a format within the first mebibyte, and its demuxers skip a tag only where
 * the format usually has one. A tag that ends beyond the file is damaged and left to them.
 *
 * @see <a href="https://id3.org/id3v2.4.0-structure">ID3v2.4, section 3.1</a>
 * @see <a href="https://wiki.hydrogenaudio.org/index.php?title=APE_Tags_Header">APEv2 header</a>
 */
final class LeadingTags {
  /** Bounds the work on a file that consists of tags. */
  private static final int MAX_TAGS = 16;

  /** Bytes read of a tag: an APEv2 header, and more than an ID3v2 header. */
  private static final int HEADER_BYTES = 32;

  private static final int ID3_HEADER = 10;
  private static final int ID3_FOOTER_FLAG = 0x10;
  private static final int APE_SIZE_OFFSET = 12;

  /** Fewer zeros are left to the demuxers: some containers begin with a few. */
  private static final int MIN_ZEROS = 4096;

  private static final int MAX_ZEROS = 16 << 20;
  private static final int BUFFER_BYTES = 64 * 1024;

  private final SeekableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  private LeadingTags(SeekableByteChannel channel) {
    this.channel = channel;
  }

  /** Returns the position of the first byte of audio, 0 if nothing is ahead of it. */
  static long end(SeekableByteChannel channel) throws IOException {
    LeadingTags tags = new LeadingTags(channel);
    long at = 0;
    for (int i = 0; i < MAX_TAGS; i++) {
      long next = tags.endOfTag(at);
      if (next == at || next > channel.size()) {
        return at;
      }
      at = next;
    }
    return at;
  }

  private long endOfTag(long at) throws IOException {
    read(at, HEADER_BYTES);
    if (startsWith("ID3")) {
      return at + id3Bytes();
    }
    if (startsWith("APETAGEX")) {
      return at + HEADER_BYTES + Integer.toUnsignedLong(buffer.getInt(APE_SIZE_OFFSET));
    }
    return startsWith("\0") ? endOfZeros(at) : at;
  }

  private void read(long at, int bytes) throws IOException {
    buffer.clear().limit(bytes).order(ByteOrder.LITTLE_ENDIAN);
    channel.position(at);
    while (buffer.hasRemaining() && channel.read(buffer) > 0) {}
    buffer.flip();
  }

  private boolean startsWith(String magic) {
    return buffer.limit() == HEADER_BYTES
        && IntStream.range(0, magic.length()).allMatch(i -> buffer.get(i) == magic.charAt(i));
  }

  /**
   * Returns the size of the tag, from four bytes of seven bits each; 0 if an eighth bit is set,
   * which is not ID3v2.
   */
  private int id3Bytes() {
    int size = 0;
    for (int i = ID3_HEADER - 4; i < ID3_HEADER; i++) {
      if (buffer.get(i) < 0) {
        return 0;
      }
      size = size << 7 | buffer.get(i);
    }
    boolean footer = (buffer.get(5) & ID3_FOOTER_FLAG) != 0;
    return size + ID3_HEADER + (footer ? ID3_HEADER : 0);
  }

  private long endOfZeros(long start) throws IOException {
    long at = start;
    while (at - start < MAX_ZEROS) {
      read(at, BUFFER_BYTES);
      while (buffer.hasRemaining() && buffer.get(buffer.position()) == 0) {
        buffer.get();
      }
      at += buffer.position();
      if (buffer.hasRemaining() || buffer.limit() == 0) {
        break;
      }
    }
    // Up to three zeros may belong to the audio: an MP4 begins with the size of its first box.
    long zeros = (at - start) / Integer.BYTES * Integer.BYTES;
    return zeros < MIN_ZEROS ? start : start + zeros;
  }
}

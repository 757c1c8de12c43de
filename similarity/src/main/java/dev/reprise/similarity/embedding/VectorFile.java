package dev.reprise.similarity.embedding;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Append-only temporary file of embeddings; {@link #close} deletes it. Not thread-safe. */
final class VectorFile implements AutoCloseable {
  private static final int HEADER = 2 * Integer.BYTES;

  private final FileChannel channel;
  private long end;

  private VectorFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Creates an empty file, replacing an existing one. */
  static VectorFile create(Path file) throws IOException {
    return new VectorFile(
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  /**
   * Appends an embedding.
   *
   * @return its offset, in bytes
   */
  long append(Embedding embedding) throws IOException {
    byte[] model = embedding.model().getBytes(StandardCharsets.UTF_8);
    float[] vector = embedding.vector();
    ByteBuffer bytes = ByteBuffer.allocate(HEADER + model.length + vector.length * Float.BYTES);
    bytes.putInt(model.length).putInt(vector.length).put(model);
    bytes.asFloatBuffer().put(vector);
    bytes.rewind();
    long offset = end;
    while (bytes.hasRemaining()) {
      end += channel.write(bytes, end);
    }
    return offset;
  }

  Embedding read(long offset) throws IOException {
    ByteBuffer header = read(offset, HEADER);
    int modelBytes = header.getInt();
    float[] vector = new float[header.getInt()];
    ByteBuffer body = read(offset + HEADER, modelBytes + vector.length * Float.BYTES);
    byte[] model = new byte[modelBytes];
    body.get(model).asFloatBuffer().get(vector);
    return new Embedding(new String(model, StandardCharsets.UTF_8), vector);
  }

  private ByteBuffer read(long offset, int size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(size);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("No embedding at offset " + offset + ".");
      }
    }
    return bytes.rewind();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

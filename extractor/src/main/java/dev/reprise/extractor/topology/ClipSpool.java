package dev.reprise.extractor.topology;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Buffers the records of one extraction until it has ended: the first few in memory, the rest in a
 * temporary file.
 *
 * <p>Failures of the file system are thrown as {@link UncheckedIOException}: the event never causes
 * them. Not thread-safe.
 */
final class ClipSpool implements Closeable {
  /** Four minutes of audio, 0.8 MB. */
  private static final int MAX_IN_MEMORY = 8;

  private static final Logger log = LoggerFactory.getLogger(ClipSpool.class);

  private final Path directory;
  private final List<byte[]> first = new ArrayList<>();
  private @Nullable Path file;
  private @Nullable DataOutputStream out;
  private int inFile;

  ClipSpool(Path directory) {
    this.directory = directory;
  }

  void add(byte[] record) {
    if (first.size() < MAX_IN_MEMORY) {
      first.add(record);
      return;
    }
    try {
      DataOutputStream target = out == null ? open() : out;
      target.writeInt(record.length);
      target.write(record);
      inFile++;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot spool clips in " + directory, e);
    }
  }

  private DataOutputStream open() throws IOException {
    file = Files.createTempFile(directory, "clips-", ".spool");
    out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    return out;
  }

  /** Passes all records to the target in order; no more can be added. */
  void drainTo(Consumer<byte[]> target) {
    first.forEach(target);
    if (file == null || out == null) {
      return;
    }
    try {
      out.close();
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
        for (int i = 0; i < inFile; i++) {
          byte[] record = new byte[in.readInt()];
          in.readFully(record);
          target.accept(record);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot spool clips in " + directory, e);
    }
  }

  @Override
  public void close() {
    if (file == null || out == null) {
      return;
    }
    try (OutputStream closed = out) {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("Cannot delete {}: {}. The next start deletes it.", file, e.toString());
    }
  }
}

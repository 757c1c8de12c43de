package dev.reprise.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * The broker's data directory, locked against other brokers until {@link #close}.
 *
 * <p>Kafka locks its log directory too, but in combined mode only after the controller has started
 * to write to it.
 */
final class Storage implements AutoCloseable {
  private static final String LOCK_FILE = "reprise-broker.lock";

  /** The last file that Kafka writes when it formats a directory. */
  private static final String FORMATTED_FILE = "meta.properties";

  /** With less, Kafka stops in the middle of its start. */
  private static final long MIN_FREE_BYTES = 16 << 20;

  private final Path directory;
  private final boolean temporary;
  private final FileChannel lock;

  private Storage(Path directory, boolean temporary, FileChannel lock) {
    this.directory = directory;
    this.temporary = temporary;
    this.lock = lock;
  }

  /** Creates a temporary directory that {@link #close} deletes. */
  static Storage temporary() throws IOException {
    requireSpace(Path.of(System.getProperty("java.io.tmpdir")), MIN_FREE_BYTES);
    Path directory = Files.createTempDirectory("reprise-broker-");
    return new Storage(directory, true, lock(directory));
  }

  /** Opens a permanent directory, and creates it, for this user only, if it does not exist. */
  static Storage open(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(directory);
    }
    requireSpace(directory, MIN_FREE_BYTES);
    return new Storage(directory, false, lock(directory));
  }

  static void requireSpace(Path directory, long bytes) throws IOException {
    long free;
    try {
      free = Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      // The free space cannot be determined, as in some sandboxes.
      return;
    }
    if (free < bytes) {
      throw new IOException(
          "The disk of %s is full: %d MiB are free, but the broker needs at least %d. Free some space, or"
                  .formatted(directory, free >> 20, bytes >> 20)
              + " choose a different folder (--data-dir; TMPDIR for temporary ones).");
    }
  }

  Path directory() {
    return directory;
  }

  /** Formats the directory with a new cluster id, unless it is already formatted. */
  void format(int nodeId, String controllerListener) throws IOException {
    if (Files.exists(directory.resolve(FORMATTED_FILE))) {
      return;
    }
    try {
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(nodeId)
          .setControllerListenerName(controllerListener)
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("Kafka's storage cannot be set up in " + directory + ": " + e, e);
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Locked within this JVM: reported below like a lock of another process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException("The directory " + directory + " is in use by another broker.");
  }

  @Override
  public void close() throws IOException {
    lock.close();
    if (temporary) {
      Utils.delete(directory.toFile());
    }
  }
}

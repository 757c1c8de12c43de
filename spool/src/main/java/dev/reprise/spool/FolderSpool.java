package dev.reprise.spool;

import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A spool in a folder, which may be shared over a network.
 *
 * <p>An upload is written to {@code UUID.part}, synchronised to the disk, and renamed. Nothing
 * follows symbolic links below the folder. The files are for their owner alone, unless the folder
 * is writable to its group: then API and extractor may be different users of that group.
 *
 * <p>Thread-safe; the writers are not.
 */
public final class FolderSpool implements Spool {
  private static final Logger log = LoggerFactory.getLogger(FolderSpool.class);
  private static final String PART = ".part";

  /** A disk with less is full: the last blocks may not be usable. */
  private static final long MIN_FREE_BYTES = 1 << 20;

  private static final Set<StandardOpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> GROUP_TOO =
      PosixFilePermissions.fromString("rw-r-----");
  private static final Set<PosixFilePermission> GROUP_WRITES =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE);

  private final Path folder;
  private final boolean isPosix;

  private FolderSpool(Path folder, boolean isPosix) {
    this.folder = folder;
    this.isPosix = isPosix;
  }

  static FolderSpool open(Path folder) throws ConfigurationException {
    try {
      boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
      if (posix) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(folder);
      }
      FolderSpool spool = new FolderSpool(folder.toRealPath(), posix);
      spool.warnOfReaders();
      if (!Files.isWritable(spool.folder)) {
        throw new IOException("it is not writable");
      }
      return spool;
    } catch (IOException e) {
      throw new ConfigurationException(
          "The folder %s cannot be used as --spool (%s); API and extractor need to write to it."
              .formatted(folder, e.getMessage()));
    }
  }

  private void warnOfReaders() throws IOException {
    if (isPosix
        && Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE)) {
      log.warn(
          "All users can look up files in the spool {}, though not read them: chmod o= it", folder);
    }
  }

  /** Returns a channel to read a complete upload. */
  public SeekableByteChannel read(SpoolName name) throws IOException {
    return Files.newByteChannel(
        file(name), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  @Override
  public SpoolWriter create(SpoolName name) throws IOException {
    Path part = part(name);
    Writer writer;
    try {
      writer = new Writer(name, part, FileChannel.open(part, NEW_FILE, attributes()));
    } catch (IOException e) {
      throw explained(e);
    }
    try {
      openToGroup(part);
      return writer;
    } catch (IOException e) {
      writer.close();
      throw explained(e);
    }
  }

  private FileAttribute<?>[] attributes() {
    return isPosix
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  /** Lets the group read, if the folder is the group's: the umask may not allow it. */
  private void openToGroup(Path part) throws IOException {
    if (isPosix && Files.getPosixFilePermissions(folder).containsAll(GROUP_WRITES)) {
      Files.setPosixFilePermissions(part, GROUP_TOO);
    }
  }

  private Path file(SpoolName name) {
    return folder.resolve(name.text());
  }

  private Path part(SpoolName name) {
    return folder.resolve(name.text() + PART);
  }

  @Override
  public void delete(SpoolName name) throws IOException {
    Files.deleteIfExists(file(name));
  }

  @Override
  public List<SpooledFile> list() throws IOException {
    List<SpooledFile> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        describe(entry).ifPresent(files::add);
      }
    }
    return files;
  }

  private static Optional<SpooledFile> describe(Path entry) throws IOException {
    String text = String.valueOf(entry.getFileName());
    boolean isComplete = !text.endsWith(PART);
    Optional<SpoolName> name =
        SpoolName.parse(isComplete ? text : text.substring(0, text.length() - PART.length()));
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile()
          ? Optional.of(
              new SpooledFile(
                  name.get(),
                  attributes.size(),
                  attributes.lastModifiedTime().toInstant(),
                  isComplete,
                  null))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      // Deleted or renamed since it was listed.
      return Optional.empty();
    }
  }

  @Override
  public void discard(SpooledFile file) throws IOException {
    Files.deleteIfExists(file.isComplete() ? file(file.name()) : part(file.name()));
  }

  @Override
  public long freeBytes() throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  @Override
  public int bufferBytes() {
    return 0;
  }

  @Override
  public void close() {
    // Nothing is kept open.
  }

  private IOException explained(IOException e) {
    long free;
    try {
      free = freeBytes();
    } catch (IOException unknown) {
      free = Long.MAX_VALUE;
    }
    return isFull(e, free) ? new SpoolFullException("The disk is full: " + e.getMessage(), e) : e;
  }

  /**
   * Returns whether an operation failed for lack of room. Java gives no error code, and its message
   * is in the system's language: so the free space decides. It does not tell of a quota or of a
   * lack of inodes, which only an English message does.
   */
  static boolean isFull(IOException e, long freeBytes) {
    String message = String.valueOf(e.getMessage());
    return freeBytes < MIN_FREE_BYTES
        || message.contains("No space left on device")
        || message.contains("quota exceeded");
  }

  private final class Writer implements SpoolWriter {
    private final SpoolName name;
    private final Path part;
    private final FileChannel channel;
    private boolean isClosed;

    Writer(SpoolName name, Path part, FileChannel channel) {
      this.name = name;
      this.part = part;
      this.channel = channel;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      try {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, count);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      } catch (IOException e) {
        throw explained(e);
      }
    }

    @Override
    public void complete() throws IOException {
      try {
        channel.force(true);
        channel.close();
        Files.move(part, file(name), StandardCopyOption.ATOMIC_MOVE);
        synchroniseFolder();
        isClosed = true;
      } catch (IOException e) {
        throw explained(e);
      }
    }

    /** Makes the new name durable: the event that names it may be committed before a crash. */
    private void synchroniseFolder() throws IOException {
      if (isPosix) {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
          directory.force(true);
        }
      }
    }

    @Override
    public void close() {
      if (isClosed) {
        return;
      }
      isClosed = true;
      try (FileChannel closed = channel) {
        Files.deleteIfExists(part);
        // There if it could be renamed, but not made durable.
        Files.deleteIfExists(file(name));
      } catch (IOException e) {
        log.warn("Cannot delete {}: {}. The extractor deletes it later.", part, e.toString());
      }
    }
  }
}

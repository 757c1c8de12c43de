package dev.reprise.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderSpoolTest {
  @TempDir Path parent;

  private final SpoolName name = SpoolName.random();
  private Path folder;
  private FolderSpool spool;

  @BeforeEach
  void open() throws ConfigurationException {
    folder = parent.resolve("spool");
    spool = FolderSpool.open(folder);
  }

  @Test
  void anUploadAppearsWhenItIsComplete() throws IOException {
    try (SpoolWriter writer = spool.create(name)) {
      writer.write(new byte[] {0, 1, 2, 3}, 1, 2);
      writer.write(new byte[] {4}, 0, 1);
      assertThat(names()).containsExactly(name + ".part");
      assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> spool.read(name));
      writer.complete();
    }
    assertThat(names()).containsExactly(name.text());
    assertThat(read()).containsExactly(1, 2, 4);
    spool.delete(name);
    spool.delete(name);
    assertThat(names()).isEmpty();
  }

  @Test
  void anUploadThatIsNotCompletedLeavesNothing() throws IOException {
    SpoolWriter writer = spool.create(name);
    writer.write(new byte[10], 0, 10);
    writer.close();
    writer.close();
    assertThat(names()).isEmpty();
  }

  /**
   * An empty folder in the file's place lets the rename fail, and stands for a new name that is
   * there but not durable.
   */
  @Test
  void anUploadWhoseCompletionFailsLeavesNothing() throws IOException {
    SpoolWriter writer = spool.create(name);
    writer.write(new byte[10], 0, 10);
    Files.createDirectory(folder.resolve(name.text()));
    assertThatExceptionOfType(IOException.class).isThrownBy(writer::complete);
    assertThat(spool.list()).extracting(SpooledFile::bytes).containsExactly(10L);
    writer.close();
    assertThat(names()).isEmpty();
  }

  @Test
  void listsUploadsOnly() throws IOException {
    SpoolName unfinished = SpoolName.random();
    put(name, new byte[7]);
    SpoolWriter writer = spool.create(unfinished);
    writer.write(new byte[3], 0, 3);
    Files.writeString(folder.resolve("notes.txt"), "mine");
    Files.writeString(folder.resolve(SpoolName.random() + ".bak"), "mine");
    Files.createDirectory(folder.resolve(SpoolName.random().text()));
    Path outside = Files.writeString(parent.resolve("outside"), "mine");
    Files.createSymbolicLink(folder.resolve(SpoolName.random().text()), outside);
    assertThat(spool.list())
        .extracting(file -> file.name() + " " + file.bytes() + " " + file.isComplete())
        .containsExactlyInAnyOrder(name + " 7 true", unfinished + " 3 false");
    for (SpooledFile file : spool.list()) {
      spool.discard(file);
    }
    assertThat(spool.list()).isEmpty();
    assertThat(names()).hasSize(4);
    writer.close();
  }

  /** A link is not followed, and deleting it does not touch what it names. */
  @Test
  void doesNotFollowLinks() throws IOException {
    Path outside = Files.writeString(parent.resolve("outside"), "mine");
    Files.createSymbolicLink(folder.resolve(name.text()), outside);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> spool.read(name));
    spool.delete(name);
    assertThat(outside).hasContent("mine");
  }

  @ParameterizedTest
  @CsvSource({
    "rwx------, rw-------",
    "rwxrwx---, rw-r-----",
    "rwxr-x---, rw-------",
    "rwxrwxrwx, rw-r-----",
  })
  void filesAreForTheGroupOfAFolderThatItMayWriteTo(String ofFolder, String ofFile)
      throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(ofFolder));
    put(name, new byte[1]);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve(name.text()))))
        .isEqualTo(ofFile);
  }

  @Test
  void createsAFolderForItsUserOnly() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
  }

  @Test
  void refusesAFileAsFolder() throws IOException {
    Path file = Files.createFile(parent.resolve("file"));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FolderSpool.open(file))
        .withMessageContaining("cannot be used as --spool");
  }

  @ParameterizedTest
  @CsvSource({
    "Auf dem Gerät ist kein Speicherplatz mehr verfügbar, 4095, true",
    "No space left on device, 1000000000, true",
    "Disk quota exceeded, 1000000000, true",
    "Input/output error, 1000000000, false",
  })
  void aFullDiskIsRecognizedInAnyLanguage(String message, long freeBytes, boolean isFull) {
    assertThat(FolderSpool.isFull(new IOException(message), freeBytes)).isEqualTo(isFull);
  }

  private void put(SpoolName upload, byte[] bytes) throws IOException {
    try (SpoolWriter writer = spool.create(upload)) {
      writer.write(bytes, 0, bytes.length);
      writer.complete();
    }
  }

  private byte[] read() throws IOException {
    try (SeekableByteChannel channel = spool.read(name)) {
      ByteBuffer content = ByteBuffer.allocate((int) channel.size());
      while (content.hasRemaining()) {
        channel.read(content);
      }
      return content.array();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }
}

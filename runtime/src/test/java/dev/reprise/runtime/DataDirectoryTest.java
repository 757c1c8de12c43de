package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @Test
  void createsFoldersForTheOwnerOnly(@TempDir Path folder) throws Exception {
    Path data = folder.resolve("data").resolve("extractor");
    DataDirectory.open(data).close();
    assertThat(permissions(data)).isEqualTo("rwx------");
    assertThat(permissions(folder.resolve("data"))).isEqualTo("rwx------");
  }

  @Test
  void leavesThePermissionsOfAnExistingFolder(@TempDir Path folder) throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-x---"));
    DataDirectory.open(data).close();
    assertThat(permissions(data)).isEqualTo("rwxr-x---");
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}

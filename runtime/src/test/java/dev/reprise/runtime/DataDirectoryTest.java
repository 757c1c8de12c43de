package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

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

  @ParameterizedTest
  @CsvSource({
    "rwx------, false",
    "rwxrwx---, false",
    "rwx---r--, true",
    "rwx-----x, true",
  })
  void warnsOfAFolderThatOthersCanRead(String permissions, boolean warns, @TempDir Path folder)
      throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString(permissions));
    Logger logger = (Logger) LoggerFactory.getLogger(DataDirectory.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Level level = logger.getLevel();
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
    logger.addAppender(log);
    try {
      DataDirectory.open(data).close();
    } finally {
      logger.detachAppender(log);
      logger.setAdditive(true);
      logger.setLevel(level);
    }
    String warning = "Other users can read the data directory " + data + ": chmod 700 it";
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEqualTo(warns ? List.of(warning) : List.of());
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}

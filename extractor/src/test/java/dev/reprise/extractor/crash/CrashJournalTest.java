package dev.reprise.extractor.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class CrashJournalTest {
  @TempDir Path folder;

  @Test
  void chargesTheEventThatTheLogNames() throws Exception {
    log("1", "decode topic-0-7");
    assertThat(CrashJournal.open(folder).charges("topic-0-7")).isEqualTo(1);
    assertThat(CrashJournal.open(folder).charges("topic-0-7")).isEqualTo(1);
    log("2", "decode topic-0-7");
    log("3", "decode topic-0-8");
    CrashJournal journal = CrashJournal.open(folder);
    assertThat(journal.charges("topic-0-7")).isEqualTo(2);
    assertThat(journal.charges("topic-0-8")).isEqualTo(1);
    assertThat(journal.charges("topic-0-9")).isZero();
  }

  @Test
  void aProcessThatAlwaysHasTheSameIdIsChargedEachTime() throws Exception {
    for (int crash = 1; crash <= CrashJournal.MAX_CHARGES; crash++) {
      log("1", "decode topic-0-7");
      assertThat(CrashJournal.open(folder).charges("topic-0-7")).isEqualTo(crash);
    }
  }

  @Test
  void anyOtherDeathChargesNobody() throws Exception {
    log("1", "app-StreamThread-1");
    Files.writeString(
        folder.resolve("hs_err_2.log"), "# There is insufficient memory\n\u0000\u00ff");
    CrashJournal.open(folder);
    assertThat(folder.resolve("crashes.properties")).doesNotExist();
  }

  /**
   * A real JVM, really crashed by a bad pointer in a thread so named: the log must read as we
   * think.
   */
  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES)
  void readsTheLogOfARealCrash() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ErrorFile=" + folder.resolve("hs_err_%p.log"),
                "-XX:-CreateCoredumpOnCrash",
                "-cp",
                System.getProperty("java.class.path"),
                Crash.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    assertThat(process.waitFor()).isNotZero();
    assertThat(CrashJournal.open(folder).charges("topic-0-7")).isEqualTo(1);
  }

  /** Crashes in native code while decoding. */
  static final class Crash {
    public static void main(String[] args) {
      try (DecodingThread thread = DecodingThread.enter("topic-0-7")) {
        new org.bytedeco.javacpp.BytePointer() {
          void crash() {
            address = 8;
            limit = 1;
            get(0);
          }
        }.crash();
      }
    }
  }

  private void log(String pid, String threadName) throws Exception {
    Files.writeString(
        folder.resolve("hs_err_" + pid + ".log"),
        """
        #
        # A fatal error has been detected by the Java Runtime Environment:
        #
        ---------------  T H R E A D  ---------------

        Current thread (0x00007f1c1402b800):  JavaThread "%s" [_thread_in_native, id=11, stack(0x1,0x2)]

        Stack: [0x1,0x2]
        """
            .formatted(threadName));
  }
}

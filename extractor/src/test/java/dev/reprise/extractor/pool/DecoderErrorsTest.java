package dev.reprise.extractor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests real processes that die in each way. */
class DecoderErrorsTest {
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @Test
  void aFullHeapIsOutOfMemory() throws Exception {
    assertThat(causeOf(java("-Xmx8m", "-XX:+ExitOnOutOfMemoryError")))
        .isEqualTo(DecoderErrors.OUT_OF_MEMORY);
  }

  @Test
  void anExhaustedAddressSpaceIsOutOfMemory() throws Exception {
    assertThat(
            causeOf(
                List.of(
                    "/bin/sh",
                    "-c",
                    "echo '# There is insufficient memory for the Java Runtime Environment to"
                        + " continue.' >&2; exit 1")))
        .isEqualTo(DecoderErrors.OUT_OF_MEMORY);
  }

  @Test
  void otherDeathsAreNamed() throws Exception {
    assertThat(causeOf(List.of("/bin/sh", "-c", "kill -9 $$"))).contains("SIGKILL");
    assertThat(causeOf(List.of("/bin/sh", "-c", "kill -ABRT $$"))).isEqualTo("signal 6.");
    assertThat(causeOf(List.of("/bin/sh", "-c", "exit 7"))).isEqualTo("it exited with 7.");
    assertThat(
            causeOf(
                List.of(
                    "/bin/sh",
                    "-c",
                    "echo '#  SIGFPE (0x8) at pc=0x1, pid=2, tid=3' >&2;"
                        + " echo '# C  [libavformat.so.62+0x111bff]' >&2; exit 134")))
        .isEqualTo("SIGFPE in libavformat.so.62.");
  }

  private static List<String> java(String... options) {
    return List.of(
        JAVA,
        options[0],
        options[1],
        "-cp",
        System.getProperty("java.class.path"),
        Hungry.class.getName());
  }

  private static String causeOf(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).start();
    DecoderErrors errors = DecoderErrors.of(process);
    return errors.causeOfDeath(process.waitFor());
  }

  static final class Hungry {
    public static void main(String[] args) {
      System.out.println(new byte[64 << 20].length);
    }
  }
}

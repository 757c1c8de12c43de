package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class FootprintTest {
  private static final long MIB = 1 << 20;
  private static final Footprint FOOTPRINT =
      new Footprint(128 * MIB, 64 * MIB, 256 * MIB, 152 * MIB, 192, 32);

  private static Machine machine(int processors, int heapMib, int memoryMib, int descriptors) {
    return new Machine(processors, heapMib * MIB, memoryMib * MIB, descriptors);
  }

  private static List<String> errors(int threads, Machine machine) {
    try {
      FOOTPRINT.check(threads, machine);
      return List.of();
    } catch (ConfigurationException e) {
      return e.errors();
    }
  }

  @Test
  void startsOneThreadPerProcessor() {
    assertThat(FOOTPRINT.threadsFor(machine(2, 512, 4096, 4096))).isEqualTo(2);
  }

  @Test
  void startsFewerThreadsIfHeapOrMemoryIsShort() {
    assertThat(FOOTPRINT.threadsFor(machine(12, 512, 24_000, 4096))).isEqualTo(6);
    assertThat(FOOTPRINT.threadsFor(machine(12, 1024, 2048, 4096))).isEqualTo(5);
    assertThat(FOOTPRINT.threadsFor(machine(12, 64, 128, 4096))).isEqualTo(1);
  }

  /** The default thread count passes the check on any machine that can run one thread. */
  @Test
  void defaultThreadCountPassesTheCheck() {
    for (int processors = 1; processors <= 256; processors *= 2) {
      for (int heap = 192; heap <= 32_768; heap *= 2) {
        for (int memory = heap + 408; memory <= 262_144; memory *= 2) {
          Machine machine = machine(processors, heap, memory, 65_536);
          assertThatCode(() -> FOOTPRINT.check(FOOTPRINT.threadsFor(machine), machine))
              .as("%s", machine)
              .doesNotThrowAnyException();
        }
      }
    }
  }

  @Test
  void errorsNameTheSettingToChange() {
    assertThat(errors(12, machine(12, 512, 24_000, 65_536)))
        .containsExactly(
            "A heap of 512 MiB is too small for 12 threads: set REPRISE_JAVA_OPTS=-Xmx896m, or"
                + " --threads 6.");
    assertThat(errors(12, machine(12, 1024, 2048, 65_536)))
        .singleElement()
        .asString()
        .contains("need 3104 MiB of memory, but only 2048 are available", "or --threads 5.");
    assertThat(errors(2, machine(2, 512, 4096, 200)))
        .singleElement()
        .asString()
        .contains("Only 200 files may be open at a time, but 256 are needed", "ulimit -n 256");
  }

  @Test
  void suggestedHeapSuffices() {
    assertThat(errors(12, machine(12, 896, 24_000, 65_536))).isEmpty();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FOOTPRINT.check(12, machine(12, 895, 24_000, 65_536)));
  }

  @Test
  void readsThisMachinesResources() {
    Machine here = Machine.here();
    assertThat(here.heap()).isGreaterThanOrEqualTo(Runtime.getRuntime().maxMemory());
    assertThat(here.memory()).isPositive();
    assertThat(here.descriptors()).isPositive();
  }
}

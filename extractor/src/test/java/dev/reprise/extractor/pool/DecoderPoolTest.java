package dev.reprise.extractor.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.extractor.WavFiles;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.extraction.AudioExtractor;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.extraction.ExtractionResult;
import dev.reprise.extractor.golden.GoldenSignals;
import dev.reprise.extractor.mfcc.Clip;
import dev.reprise.extractor.source.ByteArrayChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests real decoder processes; each test starts its own. */
class DecoderPoolTest {
  private static final byte[] TONE = WavFiles.tone(22_050, 2);

  private final Set<Long> before = children();
  private @Nullable DecoderPool pool;

  @AfterEach
  void close() throws Exception {
    DecoderPool opened = pool;
    if (opened != null) {
      opened.close();
    }
    for (ProcessHandle decoder : processes()) {
      decoder.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void matchesTheExtractionInProcess() throws Exception {
    byte[] wav = WavFiles.floats(44_100, GoldenSignals.of("mix", 44_100, 2, 45 * 44_100));
    List<Clip> expected = new ArrayList<>();
    ExtractionResult inProcess;
    try (AudioExtractor extractor =
        new AudioExtractor(MfccContract.current(), DecodeLimits.defaults())) {
      inProcess = extractor.extract(AudioInput.of(new ByteArrayChannel(wav)), expected::add);
    }
    DecoderPool decoders = start(1);
    assertThat(decoders.awaitReady()).startsWith("8.");
    List<Clip> clips = new ArrayList<>();
    ExtractionResult extraction =
        decoders.extract(AudioInput.of(new ByteArrayChannel(wav)), clips::add);
    assertThat(clips).usingRecursiveComparison().isEqualTo(expected);
    assertThat(extraction)
        .usingRecursiveComparison()
        .ignoringFields("decodeTime", "mfccTime")
        .isEqualTo(inProcess);
    assertThat(extraction.decodeTime()).isPositive();
    assertThat(extraction.mfccTime()).isPositive();
  }

  @Test
  void aRejectedFileKeepsItsDecoder() throws Exception {
    DecoderPool decoders = start(1);
    decoders.awaitReady();
    long pid = processes().get(0).pid();
    ExtractionException rejected = rejection(decoders, WavFiles.tone(22_050, 0.5));
    assertThat(rejected.rejection().reason()).isEqualTo(Reason.TOO_SHORT);
    assertThat(rejected.rejection()).hasMessageContaining("at least 1 s");
    assertThat(rejected.decodedSeconds()).isEqualTo(0.5);
    assertThat(extract(decoders, TONE).clipCount()).isEqualTo(1);
    assertThat(processes()).extracting(ProcessHandle::pid).containsExactly(pid);
  }

  @Test
  void aCrashFailsOnlyItsFile() throws Exception {
    DecoderPool decoders = start(2);
    assertThat(extract(decoders, TONE).clipCount()).isEqualTo(1);
    ExtractionException crash = signalled(decoders, "SEGV");
    assertThat(crash.rejection().reason()).isEqualTo(Reason.DECODER_CRASHED);
    assertThat(crash.rejection()).hasMessageContaining("SIGSEGV");
    for (int i = 0; i < 3; i++) {
      assertThat(extract(decoders, TONE).clipCount()).isEqualTo(1);
    }
    assertThat(processes()).hasSize(2);
  }

  @Test
  void aKilledDecoderFailsTheFileInFlight() throws Exception {
    DecoderPool decoders = start(1);
    ExtractionException killed = signalled(decoders, "KILL");
    assertThat(killed.rejection().reason()).isEqualTo(Reason.DECODER_CRASHED);
    assertThat(killed.rejection()).hasMessageContaining("SIGKILL");
    assertThat(extract(decoders, TONE).clipCount()).isEqualTo(1);
  }

  @Test
  void aDecoderThatDiesWhileIdleFailsNoFile() throws Exception {
    DecoderPool decoders = start(1);
    decoders.awaitReady();
    ProcessHandle decoder = processes().get(0);
    decoder.destroyForcibly();
    decoder.onExit().get(10, TimeUnit.SECONDS);
    assertThat(extract(decoders, TONE).clipCount()).isEqualTo(1);
  }

  @Test
  void aDecoderThatCrashesWhileIdleFailsNoFile() throws Exception {
    DecoderPool decoders = start(1);
    decoders.awaitReady();
    ProcessHandle decoder = processes().get(0);
    kill("SEGV", decoder.pid());
    decoder.onExit().get(20, TimeUnit.SECONDS);
    assertThat(extract(decoders, TONE).clipCount()).isEqualTo(1);
  }

  /** The JVM's report goes to standard output, where the messages are. */
  @Test
  void theReportOfACrashBeginsNoFile() throws Exception {
    ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
    try (DecoderProcess decoder = DecoderProcess.start(DecoderConfig.defaults(), watchdog)) {
      decoder.awaitReady();
      assertThat(decoder.isUsable()).isTrue();
      kill("SEGV", decoder.pid());
      await().until(() -> !decoder.isUsable());
      DecoderDiedException died =
          catchThrowableOfType(
              DecoderDiedException.class,
              () -> decoder.extract(AudioInput.of(new ByteArrayChannel(TONE)), clip -> {}));
      assertThat(died.begun()).isFalse();
      assertThat(died.rejection()).hasMessageContaining("SIGSEGV");
    } finally {
      watchdog.shutdownNow();
    }
  }

  /** Ctrl-C and a supervisor's SIGTERM reach the whole process group. */
  @Test
  void decodersIgnoreTheSignalsThatStopTheService() throws Exception {
    DecoderPool decoders = start(1);
    decoders.awaitReady();
    long pid = processes().get(0).pid();
    for (String signal : List.of("INT", "TERM", "HUP")) {
      kill(signal, pid);
    }
    assertThat(extract(decoders, TONE).clipCount()).isEqualTo(1);
    assertThat(processes()).extracting(ProcessHandle::pid).containsExactly(pid);
  }

  @Test
  void aDecoderThatHangsIsATimeout() throws Exception {
    DecodeLimits limits = new DecodeLimits(Duration.ofHours(12), Duration.ofMillis(500), 2, 0.1);
    DecoderPool decoders = start(new DecoderConfig(limits, Duration.ofMinutes(1), 1L << 30), 1);
    ExtractionException hung = signalled(decoders, "STOP");
    assertThat(hung.rejection().reason()).isEqualTo(Reason.DECODE_TIMEOUT);
    assertThat(extract(decoders, TONE).clipCount()).isEqualTo(1);
  }

  @Test
  void processorTimeIsBounded() throws Exception {
    DecoderPool decoders =
        start(new DecoderConfig(DecodeLimits.defaults(), Duration.ofMillis(200), 1L << 30), 1);
    assertThatThrownBy(() -> decoders.extract(AudioInput.of(new EndlessWav()), clip -> {}))
        .isInstanceOfSatisfying(
            ExtractionException.class,
            e -> assertThat(e.rejection().reason()).isEqualTo(Reason.DECODE_TIMEOUT))
        .hasMessageContaining("0.2 s of processor time");
  }

  @Test
  void exceptionsOfTheSinkPropagate() throws Exception {
    DecoderPool decoders = start(1);
    assertThatThrownBy(
            () ->
                decoders.extract(
                    AudioInput.of(new ByteArrayChannel(TONE)),
                    clip -> {
                      throw new IllegalStateException("the topic is gone");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the topic is gone");
    assertThat(extract(decoders, TONE).clipCount()).isEqualTo(1);
  }

  @Test
  void aSourceThatFailsIsUnreadable() throws Exception {
    DecoderPool decoders = start(1);
    ByteArrayChannel failing =
        new ByteArrayChannel(TONE) {
          @Override
          public int read(ByteBuffer target) throws IOException {
            throw new IOException("the disk is broken");
          }
        };
    assertThatThrownBy(() -> decoders.extract(AudioInput.of(failing), clip -> {}))
        .isInstanceOfSatisfying(
            ExtractionException.class,
            e -> assertThat(e.rejection().reason()).isEqualTo(Reason.SOURCE_UNREADABLE))
        .hasMessageContaining("the disk is broken");
    assertThat(extract(decoders, TONE).clipCount()).isEqualTo(1);
  }

  @Test
  void threadsWaitForABusyPool() throws Exception {
    DecoderPool decoders = start(2);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<ExtractionResult>> files = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        files.add(() -> extract(decoders, TONE));
      }
      for (Future<ExtractionResult> file : threads.invokeAll(files)) {
        assertThat(file.get().clipCount()).isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(processes()).hasSize(2);
  }

  @Test
  void closingEndsAFileWithoutRejectingIt() throws Exception {
    DecoderPool decoders = start(1);
    assertThatThrownBy(
            () -> decoders.extract(AudioInput.of(new EndlessWav()), clip -> decoders.close()))
        .isInstanceOf(DecoderUnavailableException.class);
  }

  @Test
  void measuresAFile() throws Exception {
    var result = start(1).measure(AudioInput.of(new ByteArrayChannel(TONE)), 1, 3);
    assertThat(result.audioSeconds()).isEqualTo(2);
    assertThat(result.extractSeconds()).isPositive();
    assertThat(result.ratio()).isPositive();
  }

  /** Even while a file keeps it busy. */
  @Test
  void aDecoderDoesNotOutliveAKilledService() throws Exception {
    Process service =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Service.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(service.getInputStream().read()).isEqualTo('!');
    List<ProcessHandle> orphans = service.descendants().toList();
    assertThat(orphans).isNotEmpty();
    service.destroyForcibly().waitFor();
    for (ProcessHandle orphan : orphans) {
      orphan.onExit().get(20, TimeUnit.SECONDS);
    }
  }

  /** Decodes a long file, and prints {@code !} after its first clip. */
  static final class Service {
    public static void main(String[] args) throws Exception {
      try (DecoderPool decoders = DecoderPool.start(DecoderConfig.defaults(), 1)) {
        decoders.extract(
            AudioInput.of(new EndlessWav()),
            clip -> {
              if (clip.index() == 0) {
                System.out.print('!');
                System.out.flush();
              }
            });
      }
    }
  }

  private DecoderPool start(int size) throws IOException {
    return start(DecoderConfig.defaults(), size);
  }

  private DecoderPool start(DecoderConfig config, int size) throws IOException {
    DecoderPool started = DecoderPool.start(config, size);
    pool = started;
    return started;
  }

  private static ExtractionResult extract(DecoderPool decoders, byte[] wav)
      throws ExtractionException {
    return decoders.extract(AudioInput.of(new ByteArrayChannel(wav)), clip -> {});
  }

  private static ExtractionException rejection(DecoderPool decoders, byte[] wav) {
    return catchThrowableOfType(ExtractionException.class, () -> extract(decoders, wav));
  }

  /**
   * Sends all decoder processes a signal in the middle of a file, and waits until they have exited:
   * a crashing JVM keeps running while it writes its report, and would begin the next file.
   */
  private ExtractionException signalled(DecoderPool decoders, String signal) throws Exception {
    List<ProcessHandle> signalled = new ArrayList<>();
    ExtractionException failure =
        catchThrowableOfType(
            ExtractionException.class,
            () ->
                decoders.extract(
                    AudioInput.of(new EndlessWav()),
                    clip -> {
                      if (clip.index() == 1) {
                        signalled.addAll(processes());
                        signalled.forEach(decoder -> kill(signal, decoder.pid()));
                      }
                    }));
    for (ProcessHandle decoder : signalled) {
      decoder.onExit().get(20, TimeUnit.SECONDS);
    }
    return failure;
  }

  private static void kill(String signal, long pid) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<ProcessHandle> processes() {
    return ProcessHandle.current()
        .children()
        .filter(child -> !before.contains(child.pid()))
        .filter(ProcessHandle::isAlive)
        .toList();
  }

  private static Set<Long> children() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
  }
}

package dev.reprise.acceptance.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.MfccRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills every process (SIGKILL) while files are processed, then compares the output with that of an
 * undisturbed run.
 *
 * <p>By default each process is killed once over a few generated files. {@code
 * -Dreprise.kill.times=10 -Dreprise.kill.folder=FOLDER} kills each ten times over the files of a
 * folder.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Tag("slow")
class KillIT {
  private static final int TIMES = Integer.getInteger("reprise.kill.times", 1);
  private static final long SEED = Long.getLong("reprise.kill.seed", 7);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** Bound on the time from a kill to the next committed output, as in docs/OPERATIONS.md. */
  private static final Duration RECOVERY = Duration.ofSeconds(20);

  private static final List<String> PROCESSES = List.of("extractor", "inference", "broker");

  @TempDir Path folder;

  @Test
  void killsLeaveNoTraceInTheCommittedOutput() throws Exception {
    List<Path> files = files();
    Map<String, List<String>> undisturbed = run("undisturbed", files, 0);
    Map<String, List<String>> disturbed = run("disturbed", files, TIMES);
    assertThat(undisturbed.get(Cluster.TOPICS.predictions())).hasSizeGreaterThan(1);
    undisturbed.forEach(
        (topic, records) ->
            assertThat(disturbed.get(topic)).as(topic).containsExactlyElementsOf(records));
    undisturbed.forEach(
        (topic, records) -> System.out.println(topic + ": " + records.size() + " records, equal"));
  }

  @Test
  void aKilledDecoderCostsAtMostItsFile() throws Exception {
    List<Path> files = files();
    try (Cluster cluster =
            Cluster.withServices(folder.resolve("decoders"), files.get(0).getParent());
        CommittedRecords progress = new CommittedRecords(cluster)) {
      Random random = new Random(SEED);
      for (int kill = 0; kill < 3 * TIMES; kill++) {
        int from = files.size() * kill / (3 * TIMES);
        int to = files.size() * (kill + 1) / (3 * TIMES);
        cluster.submit(files, from, to);
        long until = progress.extracted() + random.nextInt(3);
        awaitProgress(cluster, progress, to, progress::extracted, until);
        recover("decoder", cluster, progress, to, progress::extracted, cluster::killDecoder);
      }
      awaitRestarting(cluster, () -> progress.isDone(files.size()));
      // The two files without audio always fail.
      assertThat(progress.predicted() + progress.failed()).isEqualTo(files.size());
      assertThat(progress.failed()).isBetween(2, 2 + 3 * TIMES);
      assertThat(cluster.committed(Cluster.TOPICS.deadLetters(), value -> ""))
          .hasSize(progress.failed());
    }
  }

  private Map<String, List<String>> run(String name, List<Path> files, int killsEach)
      throws Exception {
    Path music = files.get(0).getParent();
    try (Cluster cluster = Cluster.withServices(folder.resolve(name), music);
        CommittedRecords progress = new CommittedRecords(cluster)) {
      Random random = new Random(SEED);
      int kills = PROCESSES.size() * killsEach;
      int submitted = 0;
      for (int kill = 0; kill < kills; kill++) {
        // A few files before each kill, so that there is always work to disturb.
        int next = files.size() * (kill + 1) / kills;
        cluster.submit(files, submitted, next);
        submitted = next;
        kill(cluster, PROCESSES.get(kill % PROCESSES.size()), progress, submitted, random);
      }
      cluster.submit(files, submitted, files.size());
      awaitRestarting(cluster, () -> progress.isDone(files.size()));
      return outputs(cluster);
    }
  }

  /** Kills a process after it has committed a few more records. */
  private static void kill(
      Cluster cluster, String name, CommittedRecords progress, int submitted, Random random)
      throws Exception {
    LongSupplier committed = name.equals("extractor") ? progress::extracted : progress::scored;
    long until = committed.getAsLong() + random.nextInt(4);
    awaitProgress(cluster, progress, submitted, committed, until);
    recover(name, cluster, progress, submitted, committed, () -> cluster.kill(name));
  }

  private interface Kill {
    void run() throws Exception;
  }

  /** Kills, and asserts that the next output is committed within the bound. */
  private static void recover(
      String name,
      Cluster cluster,
      CommittedRecords progress,
      int submitted,
      LongSupplier committed,
      Kill kill)
      throws Exception {
    boolean busy = !progress.isDone(submitted);
    long before = committed.getAsLong();
    long start = System.nanoTime();
    kill.run();
    awaitProgress(cluster, progress, submitted, committed, before + 1);
    Duration recovery = Duration.ofNanos(System.nanoTime() - start);
    System.out.printf(
        "killed %s, %s%n",
        name,
        busy
            ? "next output committed after %.1f s".formatted(recovery.toMillis() / 1e3)
            : "which was idle");
    assertThat(recovery).as("recovery of the " + name).isLessThan(RECOVERY);
  }

  private static void awaitProgress(
      Cluster cluster,
      CommittedRecords progress,
      int submitted,
      LongSupplier committed,
      long until) {
    awaitRestarting(cluster, () -> progress.isDone(submitted) || committed.getAsLong() >= until);
  }

  /** Waits for a condition; meanwhile restarts exited processes, as an orchestrator does. */
  private static void awaitRestarting(Cluster cluster, Callable<Boolean> condition) {
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              cluster.restartExited();
              return condition.call();
            });
  }

  private static Map<String, List<String>> outputs(Cluster cluster) {
    Topics topics = Cluster.TOPICS;
    Map<String, List<String>> outputs = new TreeMap<>();
    outputs.put(topics.mfcc(), cluster.committed(topics.mfcc(), KillIT::mfcc));
    for (String topic : List.of(topics.clipPredictions(), topics.predictions())) {
      outputs.put(
          topic, cluster.committed(topic, json -> new String(json, StandardCharsets.UTF_8)));
    }
    outputs.put(topics.deadLetters(), cluster.committed(topics.deadLetters(), json -> ""));
    return outputs;
  }

  /** Returns the record as text, with a checksum of its coefficients so that diffs are readable. */
  private static String mfcc(byte[] value) {
    try {
      MfccRecord.Builder record = MfccRecord.parseFrom(value).toBuilder();
      int checksum = record.getClip().getCoefficients().hashCode();
      if (record.hasClip()) {
        record.getClipBuilder().clearCoefficients();
      }
      return Json.print(record.build()) + " " + checksum;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private List<Path> files() throws Exception {
    String given = System.getProperty("reprise.kill.folder");
    if (given != null) {
      try (Stream<Path> files = Files.list(Path.of(given).toRealPath())) {
        return files.sorted().toList();
      }
    }
    Path music = Files.createDirectories(folder.resolve("music")).toRealPath();
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      byte[] audio = i % 7 == 3 ? new byte[1_000] : tone(220 + 20 * i, 2 + 9 * i);
      files.add(Files.write(music.resolve("%02d.wav".formatted(i)), audio));
    }
    return files;
  }

  /** Returns a WAV file of a tone, 16 bit, mono. */
  private static byte[] tone(int frequencyHz, int seconds) {
    int rateHz = 22_050;
    int samples = rateHz * seconds;
    ByteBuffer wav = ByteBuffer.allocate(44 + 2 * samples).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * samples);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) 1).putInt(rateHz).putInt(2 * rateHz);
    wav.putShort((short) 2).putShort((short) 16);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * samples);
    for (int i = 0; i < samples; i++) {
      wav.putShort((short) (8_000 * Math.sin(2 * Math.PI * frequencyHz * i / rateHz)));
    }
    return wav.array();
  }
}

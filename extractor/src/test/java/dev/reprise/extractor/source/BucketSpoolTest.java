package dev.reprise.extractor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.event.AudioEvent;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import dev.reprise.spool.SpoolName;
import dev.reprise.spool.SpoolWriter;
import dev.reprise.spool.SpooledFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A spool in a bucket of S3Proxy, as the API writes it and the extractor reads it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BucketSpoolTest {
  private static final int MIB = 1 << 20;

  /** More than two parts of 8 MiB. */
  private static final int LARGE = 20 * MIB + 1;

  private static S3Server server;

  private final SpoolName name = SpoolName.random();
  private Spool spool;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3Server.start();
    server.createBucket("uploads");
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void open() throws ConfigurationException {
    setCredentials();
    spool = Spool.open(config("s3://uploads/spool/", server.s3()));
  }

  @AfterEach
  void close() throws IOException {
    for (SpooledFile file : spool.list()) {
      spool.discard(file);
    }
    spool.close();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @Test
  void theExtractorReadsWhatTheApiWrites() throws Exception {
    byte[] audio = new byte[LARGE];
    new Random(1).nextBytes(audio);
    put(name, audio);
    // No bucket is allowed: the spool needs no --allowed-bucket.
    try (Sources sources = sources();
        AudioInput input = sources.open(new AudioEvent.ByUri(name.uri(), "audio/flac"))) {
      ByteBuffer read = ByteBuffer.allocate(LARGE);
      while (read.hasRemaining() && input.channel().read(read) >= 0) {
        assertThat(input.channel().size()).isEqualTo(LARGE);
      }
      assertThat(read.array()).isEqualTo(audio);
      assertThat(input.mediaType()).isEqualTo("audio/flac");
    }
    spool.delete(name);
    assertThat(spool.list()).isEmpty();
    try (Sources sources = sources()) {
      assertThatExceptionOfType(RejectedException.class)
          .isThrownBy(() -> sources.open(new AudioEvent.ByUri(name.uri())))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.SOURCE_NOT_FOUND));
    }
  }

  @Test
  void aSmallUploadIsOneObject() throws IOException {
    put(name, new byte[3]);
    assertThat(spool.list())
        .singleElement()
        .satisfies(
            file -> {
              assertThat(file.name()).isEqualTo(name);
              assertThat(file.bytes()).isEqualTo(3);
              assertThat(file.isComplete()).isTrue();
            });
  }

  @Test
  void anUploadThatIsNotCompletedLeavesNoParts() throws IOException {
    SpoolWriter writer = spool.create(name);
    writer.write(new byte[LARGE], 0, LARGE);
    assertThat(spool.list())
        .singleElement()
        .satisfies(file -> assertThat(file.isComplete()).isFalse());
    writer.close();
    assertThat(spool.list()).isEmpty();
  }

  /** A killed API cannot abort its uploads: the extractor does. */
  @Test
  void anAbandonedUploadCanBeDiscarded() throws IOException {
    SpoolWriter killed = spool.create(name);
    killed.write(new byte[LARGE], 0, LARGE);
    spool.discard(spool.list().get(0));
    assertThat(spool.list()).isEmpty();
  }

  @Test
  void objectsBesideTheUploadsAreNotListed() throws IOException {
    server.put("uploads", "spool/notes.txt", "mine");
    server.put("uploads", SpoolName.random().text(), "mine");
    server.put("uploads", "spool/a/" + SpoolName.random(), "mine");
    assertThat(spool.list()).isEmpty();
  }

  @Test
  void doesNotStartWithoutCredentials() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    System.setProperty("aws.ec2MetadataServiceDisabled", "true");
    try {
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(
              () ->
                  Spool.open(
                      config(
                          "s3://uploads/",
                          new S3Store(
                              Optional.empty(), Optional.of("eu-central-1"), false, false))))
          .withMessageStartingWith("--spool names a bucket, but the object store cannot be used");
    } finally {
      System.clearProperty("aws.ec2MetadataServiceDisabled");
      setCredentials();
    }
  }

  private static void setCredentials() {
    System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", S3Server.SECRET_KEY);
  }

  private Sources sources() {
    return new Sources(
        new SourceLimits(
            List.of(),
            List.of(),
            64L * MIB,
            Duration.ofSeconds(20),
            new S3Config(List.of(), server.s3())),
        Path.of("."),
        Optional.of(spool));
  }

  private void put(SpoolName upload, byte[] audio) throws IOException {
    try (SpoolWriter writer = spool.create(upload)) {
      for (int offset = 0; offset < audio.length; offset += 100_000) {
        writer.write(audio, offset, Math.min(100_000, audio.length - offset));
      }
      writer.complete();
    }
  }

  private static SpoolConfig config(String location, S3Store store) {
    return new SpoolConfig(SpoolLocation.parse(location), store);
  }
}

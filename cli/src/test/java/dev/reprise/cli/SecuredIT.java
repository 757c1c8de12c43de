package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.reprise.api.ApiConfig;
import dev.reprise.api.ApiService;
import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.topics.KafkaClient;
import dev.reprise.cli.truth.CsvFile;
import dev.reprise.contract.Topics;
import dev.reprise.evaluation.windows.WindowConfig;
import dev.reprise.extractor.ExtractorConfig;
import dev.reprise.extractor.ExtractorService;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.inference.InferenceConfig;
import dev.reprise.inference.InferenceService;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.Permission;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Services and commands on a broker with TLS, SASL and ACLs, each with its least permissions. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SecuredIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final Topics TOPICS = Topics.defaults();

  /** What the evaluation writes at intervals, or of records that it cannot read. */
  private static final Set<Permission> SELDOM_NEEDED =
      Set.of(
          Permission.topic(AclOperation.WRITE, TOPICS.qualityWindows()),
          Permission.topic(AclOperation.WRITE, TOPICS.drift()),
          Permission.topic(AclOperation.WRITE, TOPICS.deadLetters()));

  @TempDir static Path keys;
  private static SecuredBroker broker;

  @TempDir Path folder;
  private final Console console = new Console();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeAll
  static void start() throws Exception {
    broker = SecuredBroker.start(keys);
  }

  @AfterAll
  static void stop() throws Exception {
    broker.close();
  }

  @BeforeEach
  void grantLeastPermissions() throws Exception {
    for (KafkaClient client : KafkaClient.values()) {
      String name = client.name().toLowerCase(Locale.ROOT);
      broker.revokeAll(name);
      grant(name);
    }
    await().until(() -> run("topics", "topics", "create", "--partitions", "1") == 0);
    log.start();
    logger(Logger.ROOT_LOGGER_NAME).addAppender(log);
  }

  private void grant(String client, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("topics", "acls", client));
    command.addAll(List.of("--principal", "User:" + client));
    command.addAll(List.of(options));
    assertThat(console.run(command.toArray(String[]::new))).isZero();
    broker.run(console.out());
  }

  @AfterEach
  void detach() {
    logger(Logger.ROOT_LOGGER_NAME).detachAppender(log);
  }

  /** On a new broker: what exists already need not be created. */
  @Test
  void leastPermissionsSuffice() throws Exception {
    broker.close();
    broker = SecuredBroker.start(Files.createDirectory(keys.resolve("new")));
    grantLeastPermissions();
    Path song = WavFile.write(folder.resolve("song.wav"), 12, 1);
    try (AuditLog audit = AuditLog.open();
        ExtractorService extractor = extractor();
        InferenceService inference = inference();
        ApiService api = api()) {
      awaitReady(extractor.httpPort(), inference.httpPort(), api.httpPort());
      HttpResponse<String> upload =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + api.apiPort() + "/v1/audio?track_id=1"))
                  .header("Content-Type", "audio/wav")
                  .header("Prefer", "wait=60")
                  .POST(BodyPublishers.ofFile(song))
                  .build(),
              BodyHandlers.ofString());
      assertThat(upload.statusCode()).as(upload.body()).isEqualTo(200);
      assertThat(run("submit", "submit", "--inline", song.toString())).isZero();
      Path broken = Files.write(folder.resolve("broken.wav"), new byte[100]);
      assertThat(run("submit", "submit", "--inline", broken.toString())).isZero();
      await().atMost(TIMEOUT).until(() -> records(TOPICS.deadLetters()) > 0);
      await().atMost(TIMEOUT).until(() -> records(TOPICS.predictions()) >= 2);
      await().atMost(TIMEOUT).until(() -> records(TOPICS.modelReferences()) > 0);
      assertThat(run("truth", "truth", "load", truth(1))).isZero();
      await().atMost(TIMEOUT).until(() -> records(TOPICS.quality()) > 0);
      // Before the doctor, which describes topics as the same users.
      awaitNeeded(audit, KafkaClient.EXTRACTOR, KafkaClient.INFERENCE, KafkaClient.API);
      awaitNeeded(audit, KafkaClient.SUBMIT, KafkaClient.TRUTH);
      for (String client : List.of("extractor", "inference", "api")) {
        assertThat(run(client, "doctor", "--client", client, "--model-repository", RunIT.MODELS))
            .as(String.join("\n", console.out()))
            .isZero();
        assertThat(console.out()).noneMatch(line -> line.contains("permission"));
      }
    }
    assertThat(run("consume", "dead-letters", "list")).isZero();
    assertThat(run("replay", "dead-letters", "replay", "1", "--execute")).isZero();
    assertThat(console.err()).anyMatch(line -> line.startsWith("1 sent"));
    assertThat(lines()).isEmpty();
  }

  /** Waits until requests have needed each permission of clients, so that none is superfluous. */
  private static void awaitNeeded(AuditLog audit, KafkaClient... clients) {
    for (KafkaClient client : clients) {
      String user = client.name().toLowerCase(Locale.ROOT);
      for (Permission permission :
          client.permissions(TOPICS, client.defaultApplicationId(), false)) {
        // Kafka Streams deletes what it has read of repartition topics each 30 s only.
        if (permission.operation() != AclOperation.DELETE && !SELDOM_NEEDED.contains(permission)) {
          await(user + " needs " + permission)
              .atMost(TIMEOUT)
              .until(() -> audit.isNeeded(user, permission));
        }
      }
    }
  }

  @Tag("slow")
  @Test
  void aShadowModelNeedsPermissionsOfItsOwn() throws Exception {
    assertThatThrownBy(() -> inference(Optional.of("echonest-cnn")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Permission Write on topic reprise.predictions.v1.shadow is missing");
    grant("inference", "--shadow-model", "echonest-cnn");
    try (ClusterCheck cluster = ClusterCheck.connect(broker.settings("inference"))) {
      List<Permission> permissions =
          KafkaClient.INFERENCE.permissions(TOPICS, "reprise-inference", true);
      await().until(() -> cluster.missing(permissions).isEmpty());
    }
    TopicPartition shadow = new TopicPartition(TOPICS.shadowPredictions(), 0);
    try (ExtractorService extractor = extractor();
        InferenceService inference = inference(Optional.of("echonest-cnn"))) {
      awaitReady(extractor.httpPort(), inference.httpPort());
      Path song = WavFile.write(folder.resolve("song.wav"), 12, 1);
      assertThat(run("submit", "submit", "--inline", song.toString())).isZero();
      await().atMost(TIMEOUT).until(() -> records(shadow.topic()) > 0);
      await()
          .atMost(TIMEOUT)
          .until(() -> committed("reprise-inference-evaluation").containsKey(shadow));
    }
    assertThat(lines()).isEmpty();
  }

  private static Map<TopicPartition, OffsetAndMetadata> committed(String group) throws Exception {
    return broker.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
  }

  @Tag("slow")
  @Test
  void eachMissingPermissionIsNamed() throws Exception {
    for (KafkaClient client : KafkaClient.values()) {
      String name = client.name().toLowerCase(Locale.ROOT);
      List<Permission> permissions =
          client.permissions(TOPICS, client.defaultApplicationId(), false);
      KafkaSettings settings = broker.settings(name);
      try (ClusterCheck cluster = ClusterCheck.connect(settings)) {
        await().until(() -> cluster.missing(permissions).isEmpty());
        for (Permission permission : permissions) {
          if (client == KafkaClient.TOPICS && permission.operation() == AclOperation.CREATE) {
            // Not needed for a topic that exists.
            continue;
          }
          broker.revoke(permission, name);
          await()
              .untilAsserted(() -> assertThat(cluster.missing(permissions)).contains(permission));
          String expected =
              "Permission %s on %s is missing for"
                  .formatted(permission.operationName(), permission.resourceText());
          assertThat(permission.missing(settings.principal())).startsWith(expected);
          if (permission.isRequired()) {
            assertThatThrownBy(() -> cluster.require(permissions))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(expected);
          }
          broker.grant(permission, name);
        }
        await().until(() -> cluster.missing(permissions).isEmpty());
      }
    }
  }

  /** Each loss has one line in the log, as has each return; nothing spins meanwhile. */
  @Tag("slow")
  @Test
  void aPermissionIsLostAndReturns() throws Exception {
    Path song = WavFile.write(folder.resolve("song.wav"), 12, 1);
    try (ExtractorService extractor = extractor()) {
      awaitReady(extractor.httpPort());
      List<Permission> permissions =
          KafkaClient.EXTRACTOR.permissions(TOPICS, "reprise-extractor", false);
      for (Permission permission : permissions) {
        if (!permission.isRequired()) {
          continue;
        }
        log.list.clear();
        long clips = records(TOPICS.mfcc());
        broker.revoke(permission, "extractor");
        assertThat(run("submit", "submit", "--inline", song.toString())).isZero();
        String sentence =
            "Permission %s on %s is missing for User:extractor: grant it"
                .formatted(permission.operationName(), permission.resourceText());
        awaitUnready(extractor.httpPort(), sentence);
        assertThat(get(extractor.httpPort(), "/health/live").statusCode()).isEqualTo(200);
        broker.grant(permission, "extractor");
        awaitReady(extractor.httpPort());
        await().atMost(TIMEOUT).until(() -> records(TOPICS.mfcc()) > clips);
        assertThat(lines()).as(permission.toString()).hasSize(2);
        assertThat(lines().get(0)).startsWith(sentence);
        assertThat(lines().get(1)).startsWith("Access is granted again after").contains(sentence);
      }
      assertThat(get(extractor.httpPort(), "/metrics").body())
          .contains("reprise_permission_losses_total{application=\"reprise-extractor\"}");
    }
  }

  /** The API reads truth into its global stores and into the catalogue. */
  @Tag("slow")
  @Test
  void theApiLosesAPermissionAndReadsOnWhenItReturns() throws Exception {
    Permission permission = Permission.topic(AclOperation.READ, TOPICS.truth());
    try (ApiService api = api()) {
      awaitReady(api.httpPort());
      broker.revoke(permission, "api");
      assertThat(run("truth", "truth", "load", truth(2))).isZero();
      String sentence = permission.missing(broker.settings("api").principal());
      awaitUnready(api.httpPort(), sentence);
      assertThat(get(api.httpPort(), "/health/live").statusCode()).isEqualTo(200);
      broker.grant(permission, "api");
      awaitReady(api.httpPort());
      await().atMost(TIMEOUT).until(() -> get(api.apiPort(), "/v1/tracks/2").statusCode() == 200);
      assertThat(lines()).hasSize(2);
      assertThat(lines().get(0)).startsWith(sentence);
      assertThat(lines().get(1)).startsWith("Access is granted again after").contains(sentence);
    }
  }

  /** Writes a file of truth about a track. */
  private String truth(int track) {
    return CsvFile.write(
            folder.resolve("truth.csv"), List.of("audio_features.energy"), track + ",0.5")
        .toString();
  }

  /**
   * A service waits for its credentials for a while, and then exits: a restart reads them again.
   */
  @Tag("slow")
  @Test
  void credentialsAreRejectedWhileRunning() throws Exception {
    String sentence =
        "The Kafka broker at "
            + broker.bootstrapServers()
            + " rejects the credentials of User:inference: ";
    try (InferenceService inference = inference()) {
      awaitReady(inference.httpPort());
      CompletableFuture<Boolean> stopped =
          CompletableFuture.supplyAsync(() -> awaitStop(inference));
      broker.setPassword("inference", "another");
      awaitUnready(inference.httpPort(), sentence);
      assertThat(get(inference.httpPort(), "/health/live").statusCode()).isEqualTo(200);
      broker.setPassword("inference", SecuredBroker.PASSWORD);
      awaitReady(inference.httpPort());
      assertThat(lines()).filteredOn(line -> line.startsWith(sentence)).hasSize(1);
      assertThat(stopped).isNotDone();
      broker.setPassword("inference", "another");
      assertThat(stopped.get(2, TimeUnit.MINUTES)).isFalse();
      assertThat(lines()).contains("The Kafka Streams client cannot be replaced");
    } finally {
      broker.setPassword("inference", SecuredBroker.PASSWORD);
    }
  }

  private static boolean awaitStop(InferenceService service) {
    try {
      return service.awaitStop();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitUnready(int port, String reason) {
    await()
        .atMost(TIMEOUT)
        .until(
            () -> get(port, "/health/ready"),
            response -> response.statusCode() == 503 && response.body().startsWith(reason));
  }

  @Test
  void reportsTlsOnOneSideOnly() throws Exception {
    assertThat(console.run("topics", "list", "--bootstrap-servers", broker.bootstrapServers()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .containsExactly(
            "The Kafka broker at "
                + broker.bootstrapServers()
                + " expects TLS: set kafka.security.protocol to SASL_SSL, or to SSL if it does not"
                + " use SASL.");
    try (EmbeddedBroker plain = EmbeddedBroker.start()) {
      assertThat(
              console.run(
                  environment(broker.clientSettings("submit")),
                  "topics",
                  "list",
                  "--bootstrap-servers",
                  plain.bootstrapServers()))
          .isEqualTo(ExitCode.FAILED);
      assertThat(console.err())
          .hasSize(1)
          .allMatch(line -> line.contains("does not use TLS: set kafka.security.protocol"));
    }
  }

  @Test
  void reportsWrongCredentials() {
    Map<String, String> settings = broker.clientSettings("submit");
    settings.computeIfPresent(
        "sasl.jaas.config", (name, value) -> value.replace(SecuredBroker.PASSWORD, "wrong"));
    assertThat(run(settings, "topics", "list")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .containsExactly(
            "The Kafka broker at "
                + broker.bootstrapServers()
                + " rejects the credentials of User:submit (Authentication failed: Invalid username"
                + " or password); check kafka.sasl.*.");
    settings.putAll(broker.clientSettings("submit"));
    settings.remove("ssl.truststore.type");
    settings.remove("ssl.truststore.location");
    assertThat(run(settings, "topics", "list")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .hasSize(1)
        .allMatch(line -> line.startsWith("The TLS handshake with the Kafka broker at"));
  }

  /** Of each kind of client: admin client, producer, consumer, Kafka Streams. */
  @Test
  void secretsMayComeFromConfigProvidersAndAreNotLogged() throws Exception {
    Path secrets = folder.resolve("kafka.properties");
    Files.writeString(secrets, "password=" + SecuredBroker.PASSWORD + "\n");
    Map<String, String> settings = broker.clientSettings("extractor");
    settings.computeIfPresent(
        "sasl.jaas.config",
        (name, value) -> value.replace(SecuredBroker.PASSWORD, "${file:" + secrets + ":password}"));
    settings.put("config.providers", "file");
    settings.put(
        "config.providers.file.class",
        "org.apache.kafka.common.config.provider.FileConfigProvider");
    assertThat(settings.values()).noneMatch(value -> value.contains(SecuredBroker.PASSWORD));
    Logger kafka = logger("org.apache.kafka");
    Level level = kafka.getLevel();
    kafka.setLevel(Level.INFO);
    kafka.setAdditive(false);
    kafka.addAppender(log);
    try {
      List<String> arguments = new ArrayList<>(List.of("doctor", "--client", "extractor"));
      arguments.addAll(List.of("--model-repository", RunIT.MODELS));
      arguments.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
      settings.forEach((name, value) -> arguments.addAll(List.of("-K", name + "=" + value)));
      assertThat(console.run(arguments.toArray(String[]::new)))
          .as(String.join("\n", console.out()))
          .isZero();
      settings.put("bootstrap.servers", broker.bootstrapServers());
      try (ExtractorService extractor = extractor(new KafkaSettings(settings, TOPICS))) {
        awaitReady(extractor.httpPort());
        assertThat(get(extractor.httpPort(), "/metrics").body())
            .doesNotContain(SecuredBroker.PASSWORD);
      }
    } finally {
      kafka.detachAppender(log);
      kafka.setAdditive(true);
      kafka.setLevel(level);
    }
    assertThat(lines())
        .anyMatch(line -> line.contains("sasl.jaas.config = [hidden]"))
        .noneMatch(line -> line.contains(SecuredBroker.PASSWORD));
  }

  private int run(String user, String... arguments) {
    return run(broker.clientSettings(user), arguments);
  }

  private int run(Map<String, String> settings, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    return console.run(environment(settings), all.toArray(String[]::new));
  }

  private static Map<String, String> environment(Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>();
    settings.forEach(
        (name, value) ->
            environment.put(
                "REPRISE_KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value));
    return environment;
  }

  private ExtractorService extractor() throws ConfigurationException {
    return extractor(broker.settings("extractor"));
  }

  private ExtractorService extractor(KafkaSettings settings) throws ConfigurationException {
    return ExtractorService.start(
        new ExtractorConfig(
            settings,
            "reprise-extractor",
            1,
            folder.resolve("extractor"),
            SourceLimits.defaults(),
            ObjectTrackIdRule.PATH,
            DecoderConfig.defaults(),
            Optional.empty(),
            ExtractorConfig.DEFAULT_SPOOL_RETENTION,
            EndpointsConfig.local()));
  }

  private InferenceService inference() throws ConfigurationException {
    return inference(Optional.empty());
  }

  private InferenceService inference(Optional<String> shadow) throws ConfigurationException {
    return InferenceService.start(
        new InferenceConfig(
            broker.settings("inference"),
            "reprise-inference",
            1,
            folder.resolve("inference"),
            Path.of(RunIT.MODELS),
            "echonest-cnn",
            shadow,
            InferenceConfig.DEFAULT_MODEL_RELOAD_INTERVAL,
            "cpu",
            Optional.of(WindowConfig.defaults()),
            EndpointsConfig.local()));
  }

  private ApiService api() throws ConfigurationException {
    return ApiService.start(
        new ApiConfig(
            broker.settings("api"),
            "reprise-api",
            folder.resolve("api"),
            "127.0.0.1",
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            10,
            ApiConfig.DEFAULT_UPLOAD_MEMORY,
            Optional.empty(),
            ApiConfig.DEFAULT_MAX_UPLOAD_BYTES,
            ApiConfig.DEFAULT_MAX_SPOOL_BYTES,
            EndpointsConfig.local(),
            "test"),
        Optional::empty);
  }

  private void awaitReady(int... ports) {
    for (int port : ports) {
      await().atMost(TIMEOUT).until(() -> get(port, "/health/ready").statusCode() == 200);
    }
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        BodyHandlers.ofString());
  }

  private static long records(String topic) throws Exception {
    TopicPartition partition = new TopicPartition(topic, 0);
    ListOffsetsResult.ListOffsetsResultInfo end =
        broker
            .admin()
            .listOffsets(Map.of(partition, OffsetSpec.latest()))
            .partitionResult(partition)
            .get();
    return end.offset();
  }

  private List<String> lines() {
    Predicate<ILoggingEvent> ofClients =
        event -> !event.getLoggerName().startsWith("kafka.") && !event.getThreadName().isEmpty();
    synchronized (log) {
      return List.copyOf(log.list).stream()
          .filter(ofClients)
          .map(ILoggingEvent::getFormattedMessage)
          .toList();
    }
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }
}

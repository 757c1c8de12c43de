package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.Permission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;

/** A broker with TLS, SASL (PLAIN, SCRAM and OAUTHBEARER) and ACLs. */
final class SecuredBroker implements AutoCloseable {
  static final String PASSWORD = "pass-word-of-everyone";
  private static final String ADMIN = "admin";

  /**
   * Users of PLAIN; those of SCRAM are created on the cluster, and those of OAUTHBEARER claim it.
   */
  private static final List<String> PLAIN_USERS = List.of(ADMIN, "extractor", "submit", "replay");

  private static final List<String> SCRAM_USERS = List.of("inference", "topics", "truth");

  private final EmbeddedBroker broker;
  private final Path certificate;
  private final Admin admin;

  private SecuredBroker(EmbeddedBroker broker, Path certificate) {
    this.broker = broker;
    this.certificate = certificate;
    this.admin = Admin.create(settings(ADMIN).overriding(Map.of()));
  }

  /**
   * Starts a broker.
   *
   * @param folder for its keys
   */
  static SecuredBroker start(Path folder) throws Exception {
    Path keystore = folder.resolve("broker.p12");
    Path certificate = folder.resolve("broker.pem");
    keytool(
        "-genkeypair",
        "-alias",
        "broker",
        "-keyalg",
        "EC",
        "-dname",
        "CN=broker",
        "-validity",
        "2",
        "-ext",
        "san=ip:127.0.0.1,dns:localhost",
        "-storetype",
        "PKCS12",
        "-keystore",
        keystore.toString(),
        "-storepass",
        PASSWORD);
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "broker",
        "-keystore",
        keystore.toString(),
        "-storepass",
        PASSWORD,
        "-file",
        certificate.toString());
    String listener = "listener.name.plaintext.";
    EmbeddedBroker broker =
        EmbeddedBroker.builder()
            .setting("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT")
            .setting("ssl.keystore.location", keystore.toString())
            .setting("ssl.keystore.type", "PKCS12")
            .setting("ssl.keystore.password", PASSWORD)
            .setting("ssl.truststore.location", certificate.toString())
            .setting("ssl.truststore.type", "PEM")
            .setting("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512,OAUTHBEARER")
            .setting("sasl.mechanism.inter.broker.protocol", "PLAIN")
            .setting(
                listener + "plain.sasl.jaas.config",
                plain(ADMIN)
                    + PLAIN_USERS.stream()
                        .map(user -> " user_" + user + "=\"" + PASSWORD + "\"")
                        .collect(Collectors.joining())
                    + ";")
            .setting(
                listener + "scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;")
            .setting(listener + "oauthbearer.sasl.jaas.config", oauth(ADMIN))
            // Clients authenticate again and again, so that a changed password is found.
            .setting(listener + "scram-sha-512.connections.max.reauth.ms", "5000")
            .setting(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            // The controller's listener is local and has no authentication.
            .setting("super.users", "User:admin;User:ANONYMOUS")
            .start();
    SecuredBroker secured = new SecuredBroker(broker, certificate);
    secured.createScramUsers();
    return secured;
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  private void createScramUsers() throws Exception {
    for (String user : SCRAM_USERS) {
      setPassword(user, PASSWORD);
    }
  }

  /** Sets the password of a user of SCRAM. */
  void setPassword(String user, String password) throws Exception {
    ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096);
    admin
        .alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, info, password)))
        .all()
        .get();
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  Admin admin() {
    return admin;
  }

  /** Returns the settings of a user's clients, by Kafka's names, without the broker's address. */
  Map<String, String> clientSettings(String user) {
    Map<String, String> settings = new HashMap<>();
    settings.put("security.protocol", "SASL_SSL");
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.location", certificate.toString());
    if (PLAIN_USERS.contains(user)) {
      settings.put("sasl.mechanism", "PLAIN");
      settings.put("sasl.jaas.config", plain(user) + ";");
    } else if (SCRAM_USERS.contains(user)) {
      settings.put("sasl.mechanism", "SCRAM-SHA-512");
      settings.put(
          "sasl.jaas.config",
          "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
              .formatted(user, PASSWORD));
    } else {
      settings.put("sasl.mechanism", "OAUTHBEARER");
      settings.put("sasl.jaas.config", oauth(user));
    }
    return settings;
  }

  KafkaSettings settings(String user) {
    Map<String, String> settings = clientSettings(user);
    settings.put("bootstrap.servers", bootstrapServers());
    return new KafkaSettings(settings, Topics.defaults());
  }

  private static String plain(String user) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\""
        .formatted(user, PASSWORD);
  }

  private static String oauth(String user) {
    return "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"%s\";"
        .formatted(user);
  }

  /** Grants what commands of {@code kafka-acls.sh} grant. */
  void run(List<String> commands) throws Exception {
    List<AclBinding> bindings =
        commands.stream()
            .filter(command -> !command.startsWith("#"))
            .flatMap(SecuredBroker::bindings)
            .toList();
    assertThat(bindings).isNotEmpty();
    admin.createAcls(bindings).all().get();
  }

  /** Parses a command as Kafka's AclCommand does, which is not among the libraries. */
  private static Stream<AclBinding> bindings(String command) {
    List<String> words = List.of(command.split(" "));
    assertThat(words).contains("kafka-acls.sh", "--add");
    PatternType pattern =
        words.contains("--resource-pattern-type") ? PatternType.PREFIXED : PatternType.LITERAL;
    ResourcePattern resource =
        Map.of(
                "--topic", ResourceType.TOPIC,
                "--group", ResourceType.GROUP,
                "--transactional-id", ResourceType.TRANSACTIONAL_ID)
            .entrySet()
            .stream()
            .filter(type -> words.contains(type.getKey()))
            .map(type -> new ResourcePattern(type.getValue(), after(words, type.getKey()), pattern))
            .findFirst()
            .orElseThrow();
    return Stream.iterate(0, i -> i < words.size(), i -> i + 1)
        .filter(i -> words.get(i).equals("--operation"))
        .map(i -> SecurityUtils.operation(words.get(i + 1)))
        .map(
            (AclOperation operation) ->
                new AclBinding(
                    resource,
                    new AccessControlEntry(
                        after(words, "--allow-principal"),
                        "*",
                        operation,
                        AclPermissionType.ALLOW)));
  }

  private static String after(List<String> words, String word) {
    return words.get(words.indexOf(word) + 1);
  }

  void grant(Permission permission, String user) throws Exception {
    admin.createAcls(List.of(permission.binding("User:" + user))).all().get();
  }

  void revoke(Permission permission, String user) throws Exception {
    AclBindingFilter filter = permission.binding("User:" + user).toFilter();
    assertThat(admin.deleteAcls(List.of(filter)).all().get()).hasSize(1);
    await().until(() -> admin.describeAcls(filter).values().get().isEmpty());
  }

  /** Removes every ACL of a user. */
  void revokeAll(String user) throws Exception {
    admin
        .deleteAcls(
            List.of(
                new AclBindingFilter(
                    org.apache.kafka.common.resource.ResourcePatternFilter.ANY,
                    new AccessControlEntryFilter(
                        "User:" + user, null, AclOperation.ANY, AclPermissionType.ANY))))
        .all()
        .get();
  }

  @Override
  public void close() throws IOException {
    admin.close();
    broker.close();
  }
}

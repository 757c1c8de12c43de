package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.cli.command.ExitCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages to a principal without permissions, on a broker with passwords and an authorizer. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PermissionsIT {
  private final Console console = new Console();
  private EmbeddedBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker =
        EmbeddedBroker.builder()
            .setting(
                "listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT")
            .setting("sasl.enabled.mechanisms", "PLAIN")
            .setting("sasl.mechanism.inter.broker.protocol", "PLAIN")
            .setting(
                "listener.name.plaintext.plain.sasl.jaas.config",
                jaas("admin") + " user_admin=\"secret\" user_alice=\"secret\";")
            .setting(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            // The controller's listener is local and has no authentication.
            .setting("super.users", "User:admin;User:ANONYMOUS")
            .start();
    assertThat(run("admin", "topics", "create", "--partitions", "1")).isZero();
  }

  @AfterEach
  void stop() throws Exception {
    broker.close();
  }

  @Test
  void doctorReportsMissingPermissions() throws Exception {
    assertThat(run("alice", "doctor", "--model-repository", RunIT.MODELS))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.out())
        .noneMatch(line -> line.contains("does not exist"))
        .anyMatch(
            line ->
                line.startsWith("error")
                    && line.contains(
                        "Permission Describe on topic reprise.audio-files.v1 is missing for"
                            + " User:alice")
                    && line.contains("--operation Describe --topic reprise.audio-files.v1"));

    assertThat(run("alice", "topics", "list")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .anyMatch(
            line ->
                line.startsWith(
                    "Permission Describe on topic reprise.mfcc.v1 is missing for User:alice:"));

    allow(AclOperation.DESCRIBE);
    assertThat(run("alice", "doctor", "--model-repository", RunIT.MODELS)).isZero();
    assertThat(console.out())
        .anyMatch(
            line ->
                line.startsWith("note")
                    && line.contains("reprise.mfcc.v1, 1 partitions; its settings are unknown.")
                    && line.contains("Permission DescribeConfigs on topic reprise.mfcc.v1"));
    assertThat(run("alice", "topics", "list")).isZero();
    assertThat(console.out())
        .anyMatch(
            line -> line.matches("reprise.mfcc.v1 +1 +1 +permission missing: DescribeConfigs"));

    allow(AclOperation.DESCRIBE_CONFIGS);
    assertThat(run("alice", "doctor", "--model-repository", RunIT.MODELS)).isZero();
    assertThat(console.out()).anyMatch(line -> line.matches("ok +topic +reprise.mfcc.v1, 1 .*"));
  }

  @Test
  void commandsAndServicesReportMissingPermissions() {
    assertThat(run("alice", "extractor", "--http-port", "0")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .anyMatch(
            line ->
                line.startsWith(
                    "Permission Write on topic reprise.mfcc.v1 is missing for User:alice"));
    assertThat(run("alice", "dead-letters", "list")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .anyMatch(line -> line.startsWith("Permission Read on topic reprise.dead-letters.v1 is"));
    assertThat(run("alice", "topics", "create", "--topic-prefix", "other."))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .anyMatch(line -> line.startsWith("Permission Create on topic other."));
  }

  private int run(String principal, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    Map<String, String> environment = new HashMap<>();
    settings(principal)
        .forEach(
            (name, value) ->
                environment.put(
                    "REPRISE_KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value));
    return console.run(environment, all.toArray(String[]::new));
  }

  private void allow(AclOperation operation) throws Exception {
    List<AclBinding> bindings =
        List.of(
            new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "reprise.", PatternType.PREFIXED),
                new AccessControlEntry("User:alice", "*", operation, AclPermissionType.ALLOW)));
    Map<String, Object> settings = new HashMap<>(settings("admin"));
    settings.put("bootstrap.servers", broker.bootstrapServers());
    try (Admin admin = Admin.create(settings)) {
      admin.createAcls(bindings).all().get();
    }
  }

  private static Map<String, String> settings(String principal) {
    return Map.of(
        "security.protocol", "SASL_PLAINTEXT",
        "sasl.mechanism", "PLAIN",
        "sasl.jaas.config", jaas(principal) + ";");
  }

  private static String jaas(String principal) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
        + principal
        + "\" password=\"secret\"";
  }
}

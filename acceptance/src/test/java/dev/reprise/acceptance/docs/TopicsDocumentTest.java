package dev.reprise.acceptance.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.reprise.contract.Mark;
import dev.reprise.contract.Reason;
import dev.reprise.contract.Topics;
import dev.reprise.contract.Topics.Spec;
import dev.reprise.contract.v1.Truth;
import dev.reprise.runtime.DeadLetters;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compares docs/TOPICS.md with the topics' settings, the reasons and the headers. */
class TopicsDocumentTest {
  private Document document;

  @BeforeEach
  void read() throws IOException {
    document = Document.read("docs/TOPICS.md");
  }

  @Test
  void settingsAreTheTopics() {
    List<List<String>> expected = new ArrayList<>();
    for (Spec spec : Topics.defaults().specs()) {
      expected.add(
          List.of(
              spec.name(),
              setting(spec, "cleanup.policy"),
              time(setting(spec, "retention.ms")),
              spec.configs().getOrDefault("message.timestamp.type", "CreateTime"),
              bytes(setting(spec, "retention.bytes")),
              setting(spec, "compression.type"),
              bytes(setting(spec, "max.message.bytes"))));
      assertThat(spec.configs().keySet())
          .isSubsetOf(
              "cleanup.policy",
              "retention.ms",
              "message.timestamp.type",
              "retention.bytes",
              "compression.type",
              "max.message.bytes");
    }
    assertThat(document.rows("Settings")).containsExactlyElementsOf(expected);
  }

  @Test
  void everyTopicHasItsContents() {
    assertThat(document.rows("Contents").stream().map(row -> row.get(0)))
        .containsExactlyElementsOf(Topics.defaults().specs().stream().map(Spec::name).toList());
  }

  @Test
  void reasonsAreThoseOfTheCode() {
    assertThat(document.rows("Reasons").stream().map(row -> row.subList(0, 2)))
        .containsExactlyElementsOf(
            Arrays.stream(Reason.values())
                .map(reason -> List.of(reason.label(), reason.stage().label()))
                .toList());
  }

  @Test
  void marksAreThoseOfTheCode() {
    assertThat(document.rows("Marks").stream().map(row -> row.get(0)))
        .containsExactlyElementsOf(Arrays.stream(Mark.values()).map(Mark::label).toList());
  }

  @Test
  void columnsOfTruthAreThoseOfTheRecord() {
    List<String> documented = new ArrayList<>();
    for (List<String> row : document.rows("Truth")) {
      for (String column : row.get(1).replace("`", "").split(", ")) {
        documented.add(row.get(0) + "." + column);
      }
    }
    List<String> expected = new ArrayList<>(List.of("temporal_features.000 to 223"));
    for (FieldDescriptor group : Truth.getDescriptor().getFields()) {
      if (group.getJavaType() == JavaType.MESSAGE && !group.isMapField()) {
        for (FieldDescriptor column : group.getMessageType().getFields()) {
          expected.add(group.getName() + "." + column.getName());
        }
      }
    }
    assertThat(documented).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void headersOfDeadLettersAreThoseOfTheCode() {
    assertThat(document.rows("Dead letters").stream().map(row -> row.get(0)))
        .containsExactlyInAnyOrder(
            DeadLetters.STAGE,
            DeadLetters.REASON,
            DeadLetters.EXCEPTION,
            DeadLetters.MESSAGE,
            DeadLetters.STACKTRACE,
            DeadLetters.TOPIC,
            DeadLetters.PARTITION,
            DeadLetters.OFFSET);
  }

  private static String setting(Spec spec, String name) {
    return spec.configs().getOrDefault(name, "");
  }

  private static String time(String milliseconds) {
    if (milliseconds.isEmpty()) {
      return "unlimited";
    }
    Duration time = Duration.ofMillis(Long.parseLong(milliseconds));
    return time.toDays() > 1 ? time.toDays() + " d" : time.toHours() + " h";
  }

  private static String bytes(String count) {
    if (count.isEmpty() || count.equals("-1")) {
      return "no limit";
    }
    long mebibytes = Long.parseLong(count) >> 20;
    return mebibytes % 1024 == 0 ? mebibytes / 1024 + " GiB" : mebibytes + " MiB";
  }
}

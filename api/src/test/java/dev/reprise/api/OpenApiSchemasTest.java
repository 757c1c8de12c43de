package dev.reprise.api;

import static dev.reprise.api.OpenApiDocument.strings;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import dev.reprise.api.v1.SpotifyAudioFeatures;
import dev.reprise.contract.v1.AudioFile;
import dev.reprise.similarity.v1.Similar;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Compares the schemas of openapi.yaml with the Protobuf messages of the responses. */
class OpenApiSchemasTest {
  /** Schemas without a message: types of fields, and the problem document. */
  private static final Set<String> WITHOUT_MESSAGE =
      Set.of(
          "Problem",
          "TrackId",
          "ExtractionId",
          "Share",
          "Count",
          "Total",
          "Group",
          "Metric",
          "Tempo",
          "Stage",
          "Reason",
          "AllFeatures",
          "Values");

  private final OpenApiDocument document = new OpenApiDocument();

  /** Returns all messages of api.proto and similarity.proto, and the others that they contain. */
  static Stream<Descriptor> messages() {
    Set<Descriptor> messages = new LinkedHashSet<>();
    Stream.of(SpotifyAudioFeatures.getDescriptor(), Similar.getDescriptor())
        .flatMap(message -> message.getFile().getMessageTypes().stream())
        .forEach(message -> addWithFields(message, messages));
    return messages.stream();
  }

  private static void addWithFields(Descriptor message, Set<Descriptor> messages) {
    if (!message.equals(Timestamp.getDescriptor()) && messages.add(message)) {
      message.getFields().stream()
          .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
          .filter(field -> !field.isMapField())
          .forEach(field -> addWithFields(field.getMessageType(), messages));
    }
  }

  @Test
  void everyMessageHasASchemaAndNothingElseDoes() {
    Set<String> expected = messages().map(Descriptor::getName).collect(Collectors.toSet());
    expected.addAll(WITHOUT_MESSAGE);
    expected.add(AudioFile.getDescriptor().getName());
    assertThat(document.at("/components/schemas").propertyNames())
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void schemasMatchTheMessages(Descriptor message) {
    JsonNode schema = document.schema(message.getName());
    assertThat(schema.get("additionalProperties").asBoolean(true)).isFalse();
    Set<String> names = new TreeSet<>();
    Set<String> required = new TreeSet<>();
    for (FieldDescriptor field : message.getFields()) {
      names.add(field.getName());
      if (!field.hasPresence()) {
        required.add(field.getName());
      }
      assertType(field, schema.get("properties").path(field.getName()));
    }
    assertThat(new TreeSet<>(schema.get("properties").propertyNames())).isEqualTo(names);
    assertThat(strings(schema.path("required"))).isEqualTo(required);
  }

  private void assertType(FieldDescriptor field, JsonNode property) {
    JsonNode schema = document.resolve(property);
    if (field.isMapField()) {
      assertThat(type(schema)).as(field.getFullName()).isEqualTo("object");
      assertSingle(
          field.getMessageType().findFieldByName("value"), schema.get("additionalProperties"));
    } else if (field.isRepeated()) {
      assertThat(type(schema)).as(field.getFullName()).isEqualTo("array");
      assertSingle(field, document.resolve(schema.get("items")));
    } else {
      assertSingle(field, schema);
    }
  }

  private void assertSingle(FieldDescriptor field, JsonNode schema) {
    String expected =
        switch (field.getJavaType()) {
          case BOOLEAN -> "boolean";
          case INT -> "integer";
          case DOUBLE -> "number";
          case STRING, BYTE_STRING -> "string";
          case MESSAGE ->
              field.getMessageType().equals(Timestamp.getDescriptor()) ? "string" : "object";
          default -> throw new AssertionError(field.getFullName() + " is of an unknown type");
        };
    assertThat(type(schema)).as(field.getFullName()).isEqualTo(expected);
    if (expected.equals("object")) {
      assertThat(schema)
          .as(field.getFullName())
          .isSameAs(document.schema(field.getMessageType().getName()));
    } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      assertThat(schema.path("format").asString()).isEqualTo("date-time");
    } else if (field.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING) {
      assertThat(schema.path("contentEncoding").asString()).isEqualTo("base64");
    }
  }

  private static String type(JsonNode schema) {
    return schema.path("type").asString();
  }

  @Test
  void audioEventsHaveTheFieldsOfTheRecord() {
    assertThat(document.schema("AudioFile").get("properties").propertyNames())
        .containsExactlyInAnyOrderElementsOf(
            AudioFile.getDescriptor().getFields().stream().map(FieldDescriptor::getName).toList());
  }

  @Test
  void allFeaturesRequiresEveryFeature() {
    assertThat(strings(document.schema("AllFeatures").get("required")))
        .containsExactlyInAnyOrderElementsOf(
            document.schema("AudioFeatures").get("properties").propertyNames());
  }
}

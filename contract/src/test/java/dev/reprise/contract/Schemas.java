package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Assertions about the schemas in docs/schemas. */
final class Schemas {
  private Schemas() {}

  static void assertRequired(JsonNode schema, Descriptor message) {
    assertNames(schema, message);
    assertThat(strings(schema.get("required"))).isEqualTo(names(message));
  }

  static void assertNames(JsonNode schema, Descriptor message) {
    assertThat(new TreeSet<>(schema.get("properties").propertyNames())).isEqualTo(names(message));
  }

  static Set<String> names(Descriptor message) {
    Set<String> names = new TreeSet<>();
    message.getFields().forEach(field -> names.add(field.getName()));
    return names;
  }

  static Set<String> strings(JsonNode array) {
    Set<String> strings = new TreeSet<>();
    array.forEach(element -> strings.add(element.asString()));
    return strings;
  }

  static void assertValid(String schema, String json) {
    assertThat(errors(schema, json)).as(json).isEmpty();
  }

  static List<Error> errors(String schema, String json) {
    return Documents.schema(schema).validate(json, InputFormat.JSON, Documents::assertFormats);
  }
}

package dev.reprise.api;

import dev.reprise.api.http.Route;
import dev.reprise.api.server.OpenApi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Parsed openapi.yaml. */
final class OpenApiDocument {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private final JsonNode root;

  OpenApiDocument() {
    try {
      root = new YAMLMapper().readTree(OpenApi.read());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode at(String pointer) {
    return root.at(pointer);
  }

  JsonNode schema(String name) {
    return root.at("/components/schemas/" + name);
  }

  /** Returns the operations, each as {@code GET /path}. */
  Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    for (var path : root.get("paths").properties()) {
      for (String key : path.getValue().propertyNames()) {
        if (METHODS.contains(key)) {
          operations.add(key.toUpperCase(Locale.ROOT) + " " + path.getKey());
        }
      }
    }
    return operations;
  }

  JsonNode operation(Route route) {
    return root.get("paths").get(route.path()).get(route.method().name().toLowerCase(Locale.ROOT));
  }

  /** Returns the schema of a parameter of the operation or of its path. */
  JsonNode parameter(Route route, String name) {
    for (JsonNode parameters :
        List.of(
            operation(route).path("parameters"),
            root.get("paths").get(route.path()).path("parameters"))) {
      for (JsonNode parameter : parameters) {
        if (resolve(parameter).get("name").asString().equals(name)) {
          return resolve(parameter).get("schema");
        }
      }
    }
    throw new AssertionError(route + " has no parameter " + name);
  }

  /** Follows a chain of references, ignoring the siblings of each {@code $ref}. */
  JsonNode resolve(JsonNode node) {
    JsonNode current = node;
    while (current.has("$ref")) {
      current = root.at(current.get("$ref").asString().substring(1));
    }
    return current;
  }

  List<JsonNode> references() {
    return root.findValues("$ref");
  }

  static Set<String> strings(JsonNode array) {
    Set<String> strings = new TreeSet<>();
    array.forEach(element -> strings.add(element.asString()));
    return strings;
  }
}

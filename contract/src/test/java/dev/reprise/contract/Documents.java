package dev.reprise.contract;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads the documents in docs. */
final class Documents {
  private static final Path DOCS = Path.of("..", "docs");
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private Documents() {}

  static Schema schema(String name) {
    return REGISTRY.getSchema(schemaNode(name));
  }

  static JsonNode schemaNode(String name) {
    return new JsonMapper().readTree(text("schemas/" + name + ".json"));
  }

  static JsonNode asyncApi() {
    return new YAMLMapper().readTree(text("asyncapi.yaml"));
  }

  /** Enables format assertions: by the specification, {@code format} is an annotation only. */
  static void assertFormats(ExecutionContext context) {
    context.executionConfig(config -> config.formatAssertionsEnabled(true));
  }

  static boolean exists(String path) {
    return Files.isRegularFile(DOCS.resolve(path));
  }

  private static String text(String path) {
    try {
      return Files.readString(DOCS.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

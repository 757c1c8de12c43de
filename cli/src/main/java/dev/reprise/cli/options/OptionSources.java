package dev.reprise.cli.options;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Values of options given outside the command line: environment variables, and with lower
 * precedence a properties file. Immutable.
 *
 * <p>{@code --http-port} is {@code REPRISE_HTTP_PORT} in the environment and {@code http-port} in
 * the file. Settings of the Kafka clients are {@code REPRISE_KAFKA_SECURITY_PROTOCOL} and {@code
 * kafka.security.protocol}. Unknown environment variables are ignored, since orchestrators add
 * some; unknown keys in the file are errors, since they are typos.
 */
public final class OptionSources {
  private static final String VARIABLE_PREFIX = "REPRISE_";
  private static final String KAFKA_VARIABLE_PREFIX = VARIABLE_PREFIX + "KAFKA_";
  private static final String KAFKA_KEY_PREFIX = "kafka.";

  /**
   * A value and its source.
   *
   * @param source for messages, for example {@code environment variable REPRISE_THREADS}
   */
  public record Given(String value, String source) {}

  private final Map<String, String> environment;
  private final Map<String, String> file;
  private final String fileName;

  private OptionSources(
      Map<String, String> environment, Map<String, String> file, String fileName) {
    this.environment = Map.copyOf(environment);
    this.file = Map.copyOf(file);
    this.fileName = fileName;
  }

  public static OptionSources of(Map<String, String> environment) {
    return new OptionSources(environment, Map.of(), "");
  }

  /**
   * Returns the values from an environment and a properties file.
   *
   * @throws IOException if the file cannot be read as Java properties in UTF-8
   */
  public static OptionSources of(Map<String, String> environment, Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IllegalArgumentException e) {
      throw new IOException("a malformed escape sequence", e);
    }
    Map<String, String> values = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return new OptionSources(environment, values, file.toString());
  }

  /**
   * Returns the value of an option; the environment takes precedence over the file.
   *
   * @param name long name without dashes, for example {@code http-port}
   */
  public Optional<Given> option(String name) {
    String variable = variable(name);
    String fromEnvironment = environment.get(variable);
    if (fromEnvironment != null) {
      return Optional.of(new Given(fromEnvironment, "environment variable " + variable));
    }
    return Optional.ofNullable(file.get(name))
        .map(value -> new Given(value, "key " + name + " of " + fileName));
  }

  /** Returns the settings of the Kafka clients, by Kafka's names. */
  public Map<String, String> kafkaSettings() {
    Map<String, String> settings = new TreeMap<>();
    file.forEach(
        (key, value) -> {
          if (key.startsWith(KAFKA_KEY_PREFIX)) {
            settings.put(key.substring(KAFKA_KEY_PREFIX.length()), value);
          }
        });
    environment.forEach(
        (variable, value) -> {
          if (variable.startsWith(KAFKA_VARIABLE_PREFIX)) {
            settings.put(kafkaSetting(variable), value);
          }
        });
    return settings;
  }

  /** Returns a sentence that lists the file's unknown keys, or no sentence if there are none. */
  public List<String> errors(Collection<String> optionNames) {
    TreeSet<String> unknown = new TreeSet<>(file.keySet());
    unknown.removeAll(optionNames);
    unknown.removeIf(key -> key.startsWith(KAFKA_KEY_PREFIX));
    if (unknown.isEmpty()) {
      return List.of();
    }
    return List.of(
        "%s: unknown %s %s; keys are the options' long names without dashes, and kafka.*."
            .formatted(fileName, unknown.size() == 1 ? "key" : "keys", String.join(", ", unknown)));
  }

  /** Returns the environment variable of an option. */
  static String variable(String optionName) {
    return VARIABLE_PREFIX + optionName.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** Returns the environment variable of a setting of the Kafka clients. */
  static String kafkaVariable(String setting) {
    return KAFKA_VARIABLE_PREFIX + setting.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  private static String kafkaSetting(String variable) {
    return variable
        .substring(KAFKA_VARIABLE_PREFIX.length())
        .toLowerCase(Locale.ROOT)
        .replace('_', '.');
  }
}

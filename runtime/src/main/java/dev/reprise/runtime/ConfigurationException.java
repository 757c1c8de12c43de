package dev.reprise.runtime;

import java.util.List;

/**
 * Thrown if the process cannot start with its configuration or on this cluster. Contains every
 * error found, each as one sentence: what is wrong, where, and what to do.
 */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> errors;

  public ConfigurationException(String error) {
    this(List.of(error));
  }

  public ConfigurationException(List<String> errors) {
    super(String.join(System.lineSeparator(), errors));
    this.errors = List.copyOf(errors);
  }

  public List<String> errors() {
    return errors;
  }
}

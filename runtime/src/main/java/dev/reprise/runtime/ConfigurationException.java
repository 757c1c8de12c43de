package dev.reprise.runtime;

import java.util.List;

/**
 * Thrown if the process cannot start with its configuration or on this cluster. Contains every
 * error found, each as one sentence: what, where, what to do.
 */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> faults;

  public ConfigurationException(String fault) {
    this(List.of(fault));
  }

  public ConfigurationException(List<String> faults) {
    super(String.join(System.lineSeparator(), faults));
    this.faults = List.copyOf(faults);
  }

  public List<String> faults() {
    return faults;
  }
}

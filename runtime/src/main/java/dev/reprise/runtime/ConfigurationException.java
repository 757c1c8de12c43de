package dev.reprise.runtime;

import java.util.List;

/**
 * The process cannot start as it is configured, or the cluster is not as it needs it. Carries every
 * fault found, each one sentence: what, where, what to do.
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

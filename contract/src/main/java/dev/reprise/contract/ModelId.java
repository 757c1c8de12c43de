package dev.reprise.contract;

import dev.reprise.contract.v1.Model;

/** Formats a model's name and version as {@code name@version}. */
public final class ModelId {
  private ModelId() {}

  public static String of(String name, String version) {
    return name + "@" + version;
  }

  public static String of(Model model) {
    return of(model.getName(), model.getVersion());
  }
}

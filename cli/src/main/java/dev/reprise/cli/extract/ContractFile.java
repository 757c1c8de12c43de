package dev.reprise.cli.extract;

import dev.reprise.contract.MfccContract;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The file {@code contract.txt} in a folder of coefficients: name and SHA-256 of the contract that
 * they were computed under, on one line.
 *
 * <p>It prevents a command from resuming the work of a different build: the folder would mix
 * coefficients that are not comparable, which training on it would not detect.
 */
public final class ContractFile {
  private static final String FILE = "contract.txt";

  private ContractFile() {}

  /**
   * Marks the folder as holding this build's coefficients; creates it if it does not exist.
   *
   * @throws ConfigurationException if it holds coefficients of a different contract
   */
  public static void claim(Path folder) throws ConfigurationException, IOException {
    MfccContract contract = MfccContract.current();
    String current = contract.name() + " " + contract.sha256();
    String recorded = read(folder.resolve(FILE));
    if (recorded.isEmpty()) {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(FILE), current + "\n");
    } else if (!recorded.equals(current)) {
      throw new ConfigurationException(
          "%s holds coefficients of contract %s, but this build computes %s; use a different folder."
              .formatted(folder, recorded, current));
    }
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}

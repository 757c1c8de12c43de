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
 * <p>A command that goes on where another build stopped would otherwise mix coefficients that do
 * not compare, and a network trained on the folder could not tell.
 */
public final class ContractFile {
  private static final String FILE = "contract.txt";

  private ContractFile() {}

  /**
   * Marks the folder as holding this build's coefficients; creates it if it does not exist.
   *
   * @throws ConfigurationException if it holds another contract's
   */
  public static void claim(Path folder) throws ConfigurationException, IOException {
    MfccContract contract = MfccContract.current();
    String ours = contract.name() + " " + contract.sha256();
    String theirs = read(folder.resolve(FILE));
    if (theirs.isEmpty()) {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(FILE), ours + "\n");
    } else if (!theirs.equals(ours)) {
      throw new ConfigurationException(
          "%s holds coefficients of contract %s, this build computes %s; name another folder."
              .formatted(folder, theirs, ours));
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

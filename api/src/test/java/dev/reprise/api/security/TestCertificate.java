package dev.reprise.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Creates certificates for 127.0.0.1 with the JDK's keytool. */
public final class TestCertificate {
  private static final String PASSWORD = "password";
  private static final String STORE = "store.p12";
  private static final String ADDRESS = "san=ip:127.0.0.1";

  private TestCertificate() {}

  /**
   * Writes {@code cert.pem}, self-signed, and {@code key.pem} into a folder.
   *
   * @param algorithm of the key, for example {@code EC}
   */
  public static void write(Path folder, String algorithm) throws Exception {
    Files.createDirectories(folder);
    keytool(
        folder,
        "-genkeypair",
        "-alias",
        "api",
        "-keyalg",
        algorithm,
        "-dname",
        "CN=api",
        "-ext",
        ADDRESS);
    KeyStore keys = keys(folder);
    writePem(
        folder.resolve("key.pem"),
        "PRIVATE KEY",
        keys.getKey("api", PASSWORD.toCharArray()).getEncoded());
    writePem(folder.resolve("cert.pem"), "CERTIFICATE", keys.getCertificate("api").getEncoded());
  }

  /** Writes the {@code cert.pem} of a private authority into a folder, for {@link #writeSigned}. */
  public static void writeAuthority(Path folder) throws Exception {
    Files.createDirectories(folder);
    keytool(
        folder,
        "-genkeypair",
        "-alias",
        "authority",
        "-keyalg",
        "EC",
        "-dname",
        "CN=authority",
        "-ext",
        "bc=ca:true");
    writePem(
        folder.resolve("cert.pem"),
        "CERTIFICATE",
        keys(folder).getCertificate("authority").getEncoded());
  }

  private static KeyStore keys(Path folder) throws Exception {
    return KeyStore.getInstance(folder.resolve(STORE).toFile(), PASSWORD.toCharArray());
  }

  private static void writePem(Path file, String type, byte[] content) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN %s-----%n%s%n-----END %s-----%n"
            .formatted(type, Base64.getMimeEncoder().encodeToString(content), type));
  }

  /**
   * Writes {@code cert.pem} and {@code key.pem} into a folder: the certificate and that of the
   * authority which signed it.
   *
   * @param authority folder of the authority
   */
  public static void writeSigned(Path folder, Path authority) throws Exception {
    write(folder, "EC");
    String request = path(folder, "request.pem");
    String signed = path(folder, "signed.pem");
    keytool(folder, "-certreq", "-alias", "api", "-file", request);
    keytool(
        authority,
        "-gencert",
        "-rfc",
        "-alias",
        "authority",
        "-infile",
        request,
        "-outfile",
        signed,
        "-ext",
        ADDRESS);
    Files.writeString(
        folder.resolve("cert.pem"),
        Files.readString(Path.of(signed)) + Files.readString(authority.resolve("cert.pem")));
  }

  private static String path(Path folder, String file) {
    return folder.resolve(file).toString();
  }

  /** Runs a command on the key store in a folder. */
  private static void keytool(Path folder, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", path(folder, STORE), "-storepass", PASSWORD));
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }
}

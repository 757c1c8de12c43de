package dev.reprise.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Creates self-signed certificates for 127.0.0.1 with the JDK's keytool. */
public final class TestCertificate {
  private static final String PASSWORD = "password";

  private TestCertificate() {}

  /**
   * Writes {@code cert.pem} and {@code key.pem} into a folder.
   *
   * @param algorithm of the key, for example {@code EC}
   */
  public static void write(Path folder, String algorithm) throws Exception {
    Files.createDirectories(folder);
    Path store = folder.resolve("store.p12");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "api",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=api",
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    writePem(
        folder.resolve("key.pem"),
        "PRIVATE KEY",
        keys.getKey("api", PASSWORD.toCharArray()).getEncoded());
    writePem(folder.resolve("cert.pem"), "CERTIFICATE", keys.getCertificate("api").getEncoded());
  }

  private static void writePem(Path file, String type, byte[] content) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN %s-----%n%s%n-----END %s-----%n"
            .formatted(type, Base64.getMimeEncoder().encodeToString(content), type));
  }
}

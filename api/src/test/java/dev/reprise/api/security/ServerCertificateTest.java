package dev.reprise.api.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCertificateTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void readsKeysOfEachAlgorithm(String algorithm) throws Exception {
    TestCertificate.write(folder, algorithm);
    assertThat(read("cert.pem", "key.pem").keyStore().isKeyEntry("server")).isTrue();
  }

  @Test
  void reportsFilesThatDoNotFit() throws Exception {
    TestCertificate.write(folder, "EC");
    TestCertificate.write(folder.resolve("other"), "EC");
    assertFails("cert.pem", "other/key.pem", "is not the key of the first certificate");
    assertFails("cert.pem", "cert.pem", "openssl pkcs8 -topk8");
    assertFails("missing", "key.pem", "missing cannot be read");
    assertFails("key.pem", "key.pem", "--tls-certificate");
    Files.writeString(
        folder.resolve("broken.pem"),
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----");
    assertFails("cert.pem", "broken.pem", "is not a private key for a certificate");
  }

  private void assertFails(String certificate, String key, String message) {
    assertThatThrownBy(() -> read(certificate, key))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  private ServerCertificate read(String certificate, String key) throws ConfigurationException {
    return ServerCertificate.read(folder.resolve(certificate), folder.resolve(key));
  }
}

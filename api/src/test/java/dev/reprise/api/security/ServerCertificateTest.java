package dev.reprise.api.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
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

  /** As docs/API.md says of certificates that differ: each has the issuer's in its chain. */
  @Test
  void clientsTrustOtherInstancesByTheirIssuer() throws Exception {
    Path authority = folder.resolve("authority");
    TestCertificate.writeAuthority(authority);
    TestCertificate.writeSigned(folder.resolve("one"), authority);
    TestCertificate.writeSigned(folder.resolve("two"), authority);
    ServerCertificate one = read("one/cert.pem", "one/key.pem");
    handshake(one, read("two/cert.pem", "two/key.pem"));
    TestCertificate.write(folder.resolve("stranger"), "EC");
    ServerCertificate stranger = read("stranger/cert.pem", "stranger/key.pem");
    assertThatThrownBy(() -> handshake(one, stranger)).isInstanceOf(SSLHandshakeException.class);
  }

  private static void handshake(ServerCertificate client, ServerCertificate server)
      throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(server.keyStore(), new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    InetAddress local = InetAddress.getLoopbackAddress();
    try (ServerSocket listener = context.getServerSocketFactory().createServerSocket(0, 1, local);
        Socket socket =
            client.clientContext().getSocketFactory().createSocket(local, listener.getLocalPort());
        Socket accepted = listener.accept()) {
      CompletableFuture<Integer> end = CompletableFuture.supplyAsync(() -> readByte(accepted));
      ((SSLSocket) socket).startHandshake();
      socket.close();
      assertThat(end).succeedsWithin(Duration.ofSeconds(10));
    }
  }

  /** The server's side of the handshake takes place in the first read. */
  private static int readByte(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (IOException e) {
      return -1;
    }
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

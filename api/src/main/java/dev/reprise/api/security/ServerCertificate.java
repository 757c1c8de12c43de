package dev.reprise.api.security;

import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The certificate of the API's server, from PEM files as certificate authorities issue them.
 * Immutable.
 */
public final class ServerCertificate {
  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.+?)-----END PRIVATE KEY-----", Pattern.DOTALL);

  private final PrivateKey key;
  private final List<Certificate> chain;

  private ServerCertificate(PrivateKey key, List<Certificate> chain) {
    this.key = key;
    this.chain = List.copyOf(chain);
  }

  /**
   * Reads a certificate.
   *
   * @param certificate chain of certificates, the server's first
   * @param key private key, in PKCS #8 without a password
   * @throws ConfigurationException if a file cannot be read, or they do not belong together
   */
  public static ServerCertificate read(Path certificate, Path key) throws ConfigurationException {
    List<Certificate> chain = readChain(certificate);
    PublicKey publicKey = chain.get(0).getPublicKey();
    PrivateKey privateKey = readKey(key, publicKey.getAlgorithm());
    if (!belongTogether(publicKey, privateKey)) {
      throw new ConfigurationException(
          "--tls-key %s is not the key of the first certificate in %s."
              .formatted(key, certificate));
    }
    return new ServerCertificate(privateKey, chain);
  }

  private static List<Certificate> readChain(Path file) throws ConfigurationException {
    try (InputStream in = Files.newInputStream(file)) {
      List<Certificate> chain =
          List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
      if (chain.isEmpty()) {
        throw new ConfigurationException(
            "--tls-certificate: %s contains no certificate.".formatted(file));
      }
      return chain;
    } catch (IOException e) {
      throw new ConfigurationException(
          "--tls-certificate: %s cannot be read: %s.".formatted(file, e));
    } catch (GeneralSecurityException e) {
      throw new ConfigurationException(
          "--tls-certificate: %s contains no certificates in PEM: %s."
              .formatted(file, e.getMessage()));
    }
  }

  private static PrivateKey readKey(Path file, String algorithm) throws ConfigurationException {
    try {
      Matcher pem = PRIVATE_KEY.matcher(Files.readString(file));
      if (!pem.find()) {
        throw new ConfigurationException(
            "--tls-key: %s contains no 'PRIVATE KEY' in PEM; convert another format with 'openssl pkcs8 -topk8 -nocrypt'."
                .formatted(file));
      }
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
    } catch (IOException e) {
      throw new ConfigurationException("--tls-key: %s cannot be read: %s.".formatted(file, e));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Without the exception's message, which could contain a part of the key.
      throw new ConfigurationException(
          "--tls-key: %s is not a private key for a certificate with a key for %s."
              .formatted(file, algorithm));
    }
  }

  private static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey) {
    String signature =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm();
        };
    try {
      Signature signing = Signature.getInstance(signature);
      signing.initSign(privateKey);
      signing.update((byte) 1);
      byte[] signed = signing.sign();
      signing.initVerify(publicKey);
      signing.update((byte) 1);
      return signing.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Returns a key store with the key and its chain, without a password. */
  public KeyStore keyStore() {
    try {
      KeyStore store = emptyStore();
      store.setKeyEntry("server", key, new char[0], chain.toArray(Certificate[]::new));
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("A key store in memory cannot be filled.", e);
    }
  }

  /**
   * Returns the TLS settings of clients of the other instances, which have a certificate of the
   * same issuer: they trust the certificates of this chain.
   */
  public SSLContext clientContext() {
    try {
      KeyStore trusted = emptyStore();
      for (int i = 0; i < chain.size(); i++) {
        trusted.setCertificateEntry("trusted-" + i, chain.get(i));
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("The TLS settings of clients cannot be created.", e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, new char[0]);
    return store;
  }
}

package dev.reprise.cli.options;

import dev.reprise.api.ApiConfig;
import dev.reprise.api.security.ServerCertificate;
import dev.reprise.runtime.ConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of the HTTP API and the page: addresses, access and limits. */
public final class ApiOptions {
  @Option(
      names = "--api-host",
      paramLabel = "ADDRESS",
      description =
          "Address for the API and the page (default: ${DEFAULT-VALUE}, local connections only).")
  private String host = "127.0.0.1";

  @Option(
      names = "--api-port",
      paramLabel = "N",
      description =
          "Port for the API and the page, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port = ApiConfig.DEFAULT_API_PORT;

  @Option(
      names = "--advertised-address",
      paramLabel = "HOST:PORT",
      converter = Address.class,
      description =
          "Address at which other instances reach this API, if several share the tracks (default:"
              + " --api-host and --api-port).")
  private @Nullable HostInfo advertised;

  @Option(
      names = "--bearer-token",
      paramLabel = "TOKEN",
      description =
          "Token that every request must carry; refused on the command line: set"
              + " REPRISE_BEARER_TOKEN (default: none, no authentication).")
  private @Nullable String bearerToken;

  @Option(
      names = "--bearer-token-file",
      paramLabel = "FILE",
      description = "File that contains the token.")
  private @Nullable Path bearerTokenFile;

  private final Token token = new Token("--bearer-token");

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description =
          "Certificate chain of the API in PEM, for https; needs --tls-key (default: none, http).")
  private @Nullable Path tlsCertificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "Private key of the certificate in PEM (PKCS #8), without a password.")
  private @Nullable Path tlsKey;

  @Option(
      names = "--cors-origin",
      paramLabel = "ORIGIN",
      split = ",",
      description =
          "Origin whose pages may use the API, such as https://music.example.org, and whose host"
              + " name is accepted in requests if there is no token; comma-separated (default:"
              + " none).")
  private List<String> corsOrigins = new ArrayList<>();

  @Option(
      names = "--max-event-readers",
      paramLabel = "N",
      converter = PositiveInteger.class,
      description = "Concurrent readers of the event stream (default: ${DEFAULT-VALUE}).")
  private int maxEventReaders = ApiConfig.DEFAULT_MAX_EVENT_READERS;

  @Option(
      names = "--upload-memory",
      paramLabel = "SIZE",
      description = "Memory for the audio of all concurrent requests (default: 64MiB).")
  private long uploadMemory = ApiConfig.DEFAULT_UPLOAD_MEMORY;

  @Option(
      names = "--max-upload-size",
      paramLabel = "SIZE",
      description =
          "Maximum size of an uploaded audio file; beyond 16 MiB it needs the spool (default:"
              + " 512MiB).")
  private long maxUploadBytes = ApiConfig.DEFAULT_MAX_UPLOAD_BYTES;

  @Option(
      names = "--max-spool-size",
      paramLabel = "SIZE",
      description =
          "Maximum size of all uploads in the spool; further large ones are refused until there is"
              + " room (default: 10GiB).")
  private long maxSpoolBytes = ApiConfig.DEFAULT_MAX_SPOOL_BYTES;

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  public Optional<HostInfo> advertised() {
    return Optional.ofNullable(advertised);
  }

  public Optional<String> bearerToken() throws ConfigurationException {
    return token.of(bearerToken, bearerTokenFile);
  }

  public Optional<ServerCertificate> certificate() throws ConfigurationException {
    if (tlsCertificate == null && tlsKey == null) {
      return Optional.empty();
    }
    if (tlsCertificate == null || tlsKey == null) {
      throw new ConfigurationException("--tls-certificate and --tls-key need each other.");
    }
    return Optional.of(ServerCertificate.read(tlsCertificate, tlsKey));
  }

  /** Returns the URL of the API and the page. */
  public String url(int actualPort) {
    return "%s://%s:%d/".formatted(tlsCertificate == null ? "http" : "https", host, actualPort);
  }

  /** Returns sentences for what clients on the network can do, or see, without a secret. */
  public List<String> exposure() throws ConfigurationException {
    if (Exposure.isLocal(host)) {
      return List.of();
    }
    List<String> sentences = new ArrayList<>();
    if (bearerToken().isEmpty()) {
      sentences.add(
          "The API at %s is open to the network: set --bearer-token-file to require a token."
              .formatted(host));
    }
    if (tlsCertificate == null) {
      sentences.add(
          "The API at %s has no TLS: set --tls-certificate and --tls-key, or put a reverse proxy before it."
              .formatted(host));
    }
    return sentences;
  }

  public List<String> corsOrigins() {
    return corsOrigins;
  }

  public int maxEventReaders() {
    return maxEventReaders;
  }

  public long uploadMemory() {
    return uploadMemory;
  }

  public long maxUploadBytes() {
    return maxUploadBytes;
  }

  public long maxSpoolBytes() {
    return maxSpoolBytes;
  }

  /** Converts {@code host:port}. */
  static final class Address implements ITypeConverter<HostInfo> {
    @Override
    public HostInfo convert(String text) {
      HostInfo address = text.matches(".+:\\d{1,5}") ? HostInfo.buildFromEndpoint(text) : null;
      if (address == null) {
        throw new TypeConversionException("'" + text + "' is not HOST:PORT");
      }
      return address;
    }
  }
}

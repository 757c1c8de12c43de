package dev.reprise.cli.options;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts URLs of servers: scheme, host and port, without credentials. */
final class HttpUrls implements ITypeConverter<URI> {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  @Override
  public URI convert(String value) {
    try {
      URI url = new URI(value);
      if (url.getScheme() != null
          && SCHEMES.contains(url.getScheme())
          && url.getHost() != null
          && url.getUserInfo() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // As for any other text that is not a URL.
    }
    throw new TypeConversionException(
        "not a URL like https://minio.example:9000, without credentials");
  }
}

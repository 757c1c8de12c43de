package dev.reprise.cli;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/**
 * The health check of the container image, which has no curl: exits with 0 if the service in this
 * container responds with 200, else with 1. Uses the JDK only, since it starts every few seconds.
 *
 * <pre>java -cp lib/* dev.reprise.cli.HealthCheck live|ready</pre>
 */
public final class HealthCheck {
  private static final int TIMEOUT_MILLIS = 4_000;

  /** Those of the extractor, the inference service and the API. */
  private static final String DEFAULT_PORTS = "9404 9405 9406";

  private HealthCheck() {}

  public static void main(String[] args) {
    String ports = System.getenv().getOrDefault("REPRISE_HTTP_PORT", DEFAULT_PORTS);
    for (String port : ports.split(" ")) {
      if (isHealthy("http://127.0.0.1:" + port + "/health/" + args[0])) {
        System.exit(0);
      }
    }
    System.exit(1);
  }

  private static boolean isHealthy(String url) {
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }
}

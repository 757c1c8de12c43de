package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndpointsTest {
  /** An orchestrator's probes have no token. */
  @Test
  void metricsRequireTheTokenAndHealthDoesNot() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.counter("songs").increment();
    try (Endpoints endpoints =
        Endpoints.start(
            new EndpointsConfig("127.0.0.1", 0, Optional.of("secret")),
            registry,
            () -> Health.UP,
            () -> Health.down("Why."))) {
      HttpResponse<String> refused = get(endpoints, "/metrics", "Bearer secreT");
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(refused.body()).doesNotContain("songs_total");
      assertThat(get(endpoints, "/metrics", "").statusCode()).isEqualTo(401);
      assertThat(get(endpoints, "/metrics", "Bearer secret").body()).contains("songs_total");
      assertThat(get(endpoints, "/health/live", "").statusCode()).isEqualTo(200);
      assertThat(get(endpoints, "/health/ready", "").body()).isEqualTo("Why.\n");
    }
  }

  private static HttpResponse<String> get(Endpoints endpoints, String path, String authorization)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoints.port() + path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }
}

package dev.reprise.cli.similar;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.reprise.contract.Json;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A client of Reprise's own API. Thread-safe. */
public final class ApiClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final String url;
  private final @Nullable String bearerToken;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

  /**
   * @param url base URL of the API, with or without a trailing slash
   */
  public ApiClient(String url, @Nullable String bearerToken) {
    this.url = url.replaceFirst("/+$", "");
    this.bearerToken = bearerToken;
  }

  /** Returns the path of a track. */
  public static String trackPath(String id) {
    return "/v1/tracks/" + encode(id);
  }

  /**
   * Sends a GET request, and parses the response into {@code into}.
   *
   * @throws ConfigurationException with one sentence: that no server responds, or the problem that
   *     the API reports
   */
  public <B extends Message.Builder> B get(String path, Map<String, String> query, B into)
      throws ConfigurationException, IOException, InterruptedException {
    HttpResponse<byte[]> response = send(request(path, query));
    if (response.statusCode() != 200) {
      throw new ConfigurationException(problemDetail(response));
    }
    try {
      Json.parse(response.body(), into);
      return into;
    } catch (InvalidProtocolBufferException e) {
      throw new ConfigurationException(url + " responds, but is not Reprise's API; check --url.");
    }
  }

  private HttpRequest request(String path, Map<String, String> query)
      throws ConfigurationException {
    String parameters =
        query.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
            .collect(Collectors.joining("&", "?", ""));
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url + path + parameters)).timeout(TIMEOUT);
      if (bearerToken != null) {
        request.header("Authorization", "Bearer " + bearerToken);
      }
      return request.build();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "--url " + url + " is not a valid URL: " + e.getMessage() + ".");
    }
  }

  private HttpResponse<byte[]> send(HttpRequest request)
      throws ConfigurationException, IOException, InterruptedException {
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (ConnectException e) {
      throw new ConfigurationException(
          "No API is reachable at "
              + url
              + "; start one with 'reprise serve' or 'reprise api', or set --url.");
    }
  }

  private String problemDetail(HttpResponse<byte[]> response) {
    try {
      return JsonParser.parseString(new String(response.body(), StandardCharsets.UTF_8))
          .getAsJsonObject()
          .get("detail")
          .getAsString();
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      return url
          + " responds with status "
          + response.statusCode()
          + ", but is not Reprise's API; check --url.";
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

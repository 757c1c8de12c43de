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
   * @param url where the API is, with or without a slash at its end
   */
  public ApiClient(String url, @Nullable String bearerToken) {
    this.url = url.replaceFirst("/+$", "");
    this.bearerToken = bearerToken;
  }

  /** The path of a track. */
  public static String track(String id) {
    return "/v1/tracks/" + encode(id);
  }

  /**
   * Asks, and reads the answer into {@code into}.
   *
   * @throws ConfigurationException with one sentence: nothing answers, or what the API says
   */
  public <B extends Message.Builder> B get(String path, Map<String, String> query, B into)
      throws ConfigurationException, IOException, InterruptedException {
    HttpResponse<byte[]> answer = send(request(path, query));
    if (answer.statusCode() != 200) {
      throw new ConfigurationException(problem(answer));
    }
    try {
      Json.parse(answer.body(), into);
      return into;
    } catch (InvalidProtocolBufferException e) {
      throw new ConfigurationException(url + " answers, but not as Reprise's API does.");
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
      throw new ConfigurationException("--url " + url + " is no address: " + e.getMessage() + ".");
    }
  }

  private HttpResponse<byte[]> send(HttpRequest request)
      throws ConfigurationException, IOException, InterruptedException {
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (ConnectException e) {
      throw new ConfigurationException(
          "No API answers at "
              + url
              + "; start one with 'reprise serve' or 'reprise api', or say where it is with --url.");
    }
  }

  private String problem(HttpResponse<byte[]> answer) {
    try {
      return JsonParser.parseString(new String(answer.body(), StandardCharsets.UTF_8))
          .getAsJsonObject()
          .get("detail")
          .getAsString();
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      return url + " answers with status " + answer.statusCode() + ", but not as the API does.";
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

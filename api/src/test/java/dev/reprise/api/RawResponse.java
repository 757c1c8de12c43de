package dev.reprise.api;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The response of a server to a request given as raw bytes, which no HTTP client would send. */
public record RawResponse(int status, String head, String body) {
  /**
   * Sends a request and reads the response.
   *
   * @param request request in ISO-8859-1, with lines ended by CRLF or LF
   */
  public static RawResponse to(int port, String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(request.replaceAll("(?<!\r)\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String[] parts = response.split("\r\n\r\n", 2);
      return new RawResponse(Integer.parseInt(response.split(" ", 3)[1]), parts[0], parts[1]);
    }
  }

  public static RawResponse get(int port, String target) throws IOException {
    return to(port, "GET " + target + " HTTP/1.1\nHost: localhost\nConnection: close\n\n");
  }

  public Optional<String> header(String name) {
    return Arrays.stream(head.split("\r\n"))
        .filter(
            line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }

  public JsonObject json() {
    return JsonParser.parseString(body).getAsJsonObject();
  }
}

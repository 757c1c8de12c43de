package dev.reprise.api.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;

/** The OpenAPI document, a resource of this module. */
public final class OpenApi {
  private static final String RESOURCE = "/dev/reprise/api/openapi.yaml";

  private OpenApi() {}

  /** Responds with the document. */
  public static void respond(Context ctx) throws IOException {
    ctx.contentType("application/yaml").result(read());
  }

  /** Reads the document, in YAML. */
  public static byte[] read() throws IOException {
    try (InputStream in = OpenApi.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException(RESOURCE + " is missing in this build.");
      }
      return in.readAllBytes();
    }
  }
}

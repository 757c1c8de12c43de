package dev.reprise.cli.files;

import dev.reprise.cli.output.Escapes;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Converts paths to text that preserves their bytes, under any locale.
 *
 * <p>{@code Path.toString()} decodes a name by the locale's encoding and uses the same replacement
 * character for every byte that it cannot decode. A path's URI contains the bytes themselves.
 */
public final class PathText {
  private PathText() {}

  /**
   * Returns an absolute path in UTF-8: a byte that is not UTF-8 as {@code \xe8}, a control
   * character as {@code \u001b}, a backslash doubled. Relative paths are absolutised.
   */
  public static String of(Path path) {
    String text = decode(bytes(path.toUri()));
    // The URI of a folder ends with a slash.
    return text.length() > 1 && text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private static byte[] bytes(URI uri) {
    String raw = uri.getRawPath();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(raw.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  private static String decode(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    append(out, text);
    while (result.isError()) {
      for (int i = 0; i < result.length(); i++) {
        text.append("\\x%02x".formatted(in.get()));
      }
      result = decoder.reset().decode(in, out, true);
      append(out, text);
    }
    return text.toString();
  }

  private static void append(CharBuffer decoded, StringBuilder text) {
    text.append(Escapes.controls(decoded.flip().toString().replace("\\", "\\\\")));
    decoded.clear();
  }
}

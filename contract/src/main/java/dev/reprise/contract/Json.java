package dev.reprise.contract;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the people-facing topics: the proto3 JSON mapping on one line, with field names as
 * declared (snake_case), zeros printed and map keys sorted, so that equal records have equal bytes.
 * Thread-safe.
 */
public final class Json {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .preservingProtoFieldNames()
          .alwaysPrintFieldsWithNoPresence()
          .sortingMapKeys()
          .omittingInsignificantWhitespace();
  private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

  private Json() {}

  public static String print(Message message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("A record without google.protobuf.Any always prints.", e);
    }
  }

  /** Returns the UTF-8 bytes of {@link #print}. */
  public static byte[] bytes(Message message) {
    return print(message).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Merges a JSON object into {@code into}, ignoring unknown fields.
   *
   * @return the unknown field names, sorted, for counting; nested names are joined by a dot
   * @throws InvalidProtocolBufferException if the bytes are not UTF-8, not a JSON object or do not
   *     fit the message
   */
  public static Set<String> parse(byte[] json, Message.Builder into)
      throws InvalidProtocolBufferException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      PARSER.merge(text, into);
      return unknownFields(JsonParser.parseString(text), into.getDescriptorForType());
    } catch (CharacterCodingException e) {
      throw new InvalidProtocolBufferException("The value is not UTF-8 text.");
    } catch (JsonParseException e) {
      throw new InvalidProtocolBufferException("The value is not JSON: " + e.getMessage());
    }
  }

  private static Set<String> unknownFields(JsonElement json, Descriptor message) {
    Set<String> unknown = new TreeSet<>();
    for (Map.Entry<String, JsonElement> entry : json.getAsJsonObject().entrySet()) {
      FieldDescriptor field = field(message, entry.getKey());
      if (field == null) {
        unknown.add(entry.getKey());
      } else if (entry.getValue().isJsonObject()
          && field.getJavaType() == JavaType.MESSAGE
          && !field.isMapField()) {
        unknownFields(entry.getValue(), field.getMessageType())
            .forEach(nested -> unknown.add(entry.getKey() + "." + nested));
      }
    }
    return unknown;
  }

  private static @Nullable FieldDescriptor field(Descriptor message, String name) {
    for (FieldDescriptor field : message.getFields()) {
      if (field.getName().equals(name) || field.getJsonName().equals(name)) {
        return field;
      }
    }
    return null;
  }
}

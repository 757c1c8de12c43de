package dev.reprise.cli.consume;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.contract.Json;
import dev.reprise.contract.v1.MfccRecord;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Formats a record as one line of JSON: JSON values unchanged, MFCC records with the size of their
 * coefficients instead of the coefficients, anything else as coordinates, key and size.
 */
public final class RecordText {
  private RecordText() {}

  /**
   * Returns the line of a record.
   *
   * @param isMfcc whether the record is from the MFCC topic
   */
  public static String json(ConsumerRecord<byte[], byte[]> record, boolean isMfcc) {
    if (record.value() == null) {
      return describe(record);
    }
    try {
      return isMfcc ? formatMfcc(record.value()) : formatJson(record.value());
    } catch (InvalidProtocolBufferException | JsonParseException e) {
      return describe(record);
    }
  }

  private static String formatJson(byte[] value) {
    String text = new String(value, StandardCharsets.UTF_8);
    // In JSON, line breaks and tabs occur only between tokens, where a space is equivalent.
    return JsonParser.parseString(text).isJsonObject()
        ? text.strip().replaceAll("[\\r\\n\\t]+", " ")
        : fail();
  }

  private static String fail() {
    throw new JsonParseException("Not an object.");
  }

  private static String formatMfcc(byte[] value) throws InvalidProtocolBufferException {
    MfccRecord.Builder record = MfccRecord.parseFrom(value).toBuilder();
    if (!record.hasClip()) {
      return Json.print(record.build());
    }
    int bytes = record.getClip().getCoefficients().size();
    record.getClipBuilder().clearCoefficients();
    JsonObject json = JsonParser.parseString(Json.print(record.build())).getAsJsonObject();
    JsonObject clip = json.getAsJsonObject("clip");
    clip.remove("coefficients");
    clip.addProperty("coefficient_bytes", bytes);
    return json.toString();
  }

  private static String describe(ConsumerRecord<byte[], byte[]> record) {
    JsonObject json = new JsonObject();
    json.addProperty("topic", record.topic());
    json.addProperty("partition", record.partition());
    json.addProperty("offset", Long.toString(record.offset()));
    if (record.key() != null) {
      json.addProperty("key", new String(record.key(), StandardCharsets.UTF_8));
    }
    json.addProperty("value_bytes", record.value() == null ? 0 : record.value().length);
    return json.toString();
  }
}

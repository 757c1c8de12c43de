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
 * A record as one line of JSON: JSON values as they are, MFCC records with the size of their
 * coefficients in place of them, and of anything else what can be said of it.
 */
public final class RecordText {
  private RecordText() {}

  public static String json(ConsumerRecord<byte[], byte[]> record, boolean mfcc) {
    if (record.value() == null) {
      return described(record);
    }
    try {
      return mfcc ? mfcc(record.value()) : json(record.value());
    } catch (InvalidProtocolBufferException | JsonParseException e) {
      return described(record);
    }
  }

  private static String json(byte[] value) {
    String text = new String(value, StandardCharsets.UTF_8);
    // Line breaks and tabs can stand between values only, where a space serves as well.
    return JsonParser.parseString(text).isJsonObject()
        ? text.strip().replaceAll("[\\r\\n\\t]+", " ")
        : fail();
  }

  private static String fail() {
    throw new JsonParseException("Not an object.");
  }

  private static String mfcc(byte[] value) throws InvalidProtocolBufferException {
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

  private static String described(ConsumerRecord<byte[], byte[]> record) {
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

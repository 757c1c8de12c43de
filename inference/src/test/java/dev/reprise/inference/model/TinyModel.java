package dev.reprise.inference.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import dev.reprise.contract.Feature;
import dev.reprise.contract.MfccContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Small ONNX models with predictable outputs. With c the clip's first coefficient: each feature is
 * c plus the model's bias, each uncertainty 0.5, the tempo's alternate 60, its confidence 0.5, the
 * genres are Folk 0.25 and Rock 0.75, and each value of the embedding is c.
 *
 * <p>ONNX is Protobuf: the field numbers are those of onnx.proto, IR version 8, operators 17.
 */
public final class TinyModel {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int FEATURES = Feature.values().length;

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final float bias;
  private String uncertaintyOf = "Abs";
  private int uncertaintyColumns = FEATURES;
  private int embeddingColumns = 4;
  private String missing = "";
  private boolean slow;

  private TinyModel(float bias) {
    this.bias = bias;
  }

  /**
   * Creates a model.
   *
   * @param bias added to every feature
   */
  public static TinyModel of(String name, String version, float bias) {
    return new TinyModel(bias)
        .with("reprise.model.name", name)
        .with("reprise.model.version", version)
        .with("reprise.contract.name", MfccContract.current().name())
        .with("reprise.contract.sha256", MfccContract.current().sha256())
        .with("reprise.genres", "[\"Folk\",\"Rock\"]")
        .with("reprise.features", "[" + perFeature("{\"name\":\"%s\"}") + "]")
        .with(
            "reprise.cross_validation",
            "{\"features\":{" + perFeature("\"%s\":{\"r2\":0.5}") + "}}")
        .with(
            "reprise.reference",
            "{\"bins\":1024,\"features\":{"
                + perFeature(
                    "\"%s\":{\"labels\":{\"mean\":0.5},"
                        + "\"predictions\":{\"counts\":[[256,50],[512,50]]}}")
                + "},\"inputs\":{\"loudness\":{\"min\":-100,\"max\":20,\"counts\":[[853,100]]}}}");
  }

  private static String perFeature(String format) {
    return Arrays.stream(Feature.values())
        .map(feature -> format.formatted(feature.label()))
        .collect(Collectors.joining(","));
  }

  public TinyModel with(String property, String value) {
    metadata.put(property, value);
    return this;
  }

  /** Makes the uncertainty NaN where c is negative. */
  public TinyModel withNanBelowZero() {
    uncertaintyOf = "Sqrt";
    return this;
  }

  /** Gives the uncertainty a wrong shape. */
  public TinyModel withMisshapenUncertainty() {
    uncertaintyColumns = 7;
    return this;
  }

  /** Sets the number of values of the embedding; 4 by default. */
  public TinyModel embedding(int columns) {
    embeddingColumns = columns;
    return this;
  }

  /** Makes loading take about a second, in which ONNX Runtime folds a large constant product. */
  public TinyModel slowToLoad() {
    slow = true;
    return this;
  }

  public TinyModel without(String output) {
    missing = output;
    return this;
  }

  /** Writes the model to its path in a repository, atomically. */
  public Path writeTo(Path repository) throws IOException {
    Path file = file(repository);
    Files.createDirectories(file.getParent());
    Path part = Files.write(file.resolveSibling("part"), bytes());
    return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Returns the model's path in a repository. */
  public Path file(Path repository) {
    return repository
        .resolve(metadata.getOrDefault("reprise.model.name", ""))
        .resolve(metadata.getOrDefault("reprise.model.version", ""))
        .resolve("model.onnx");
  }

  public byte[] bytes() {
    Message model = new Message().add(1, 8).add(7, graph()).add(8, new Message().add(2, 17));
    metadata.forEach((key, value) -> model.add(14, new Message().add(1, key).add(2, value)));
    return model.bytes().toByteArray();
  }

  private Message graph() {
    Message graph = new Message().add(2, "tiny");
    graph.add(11, value("mfcc", FLOAT, 20, 1292)).add(11, value("n_frames", INT64));
    ByteBuffer zero = ByteBuffer.allocate(Long.BYTES);
    graph.add(5, tensor("first", INT64, zero)).add(5, tensor("first_only", INT64, zero, 1));
    graph.add(1, gather("mfcc", "first", 2, "rows"));
    graph.add(1, gather("rows", "first", 1, "scalar"));
    graph.add(1, gather("rows", "first_only", 1, "c"));
    graph.add(1, node(uncertaintyOf, "error", "c"));
    output(graph, "features", "c", 1, constants(FEATURES, bias), FEATURES);
    output(
        graph, "uncertainty", "error", 0, constants(uncertaintyColumns, 0.5f), uncertaintyColumns);
    output(graph, "tempo_alternate", "scalar", 0, constants(1, 60));
    output(graph, "tempo_confidence", "scalar", 0, constants(1, 0.5f));
    output(graph, "genre", "c", 0, floats(0.25f, 0.75f), 2);
    output(graph, "embedding", "c", 1, constants(embeddingColumns, 0), embeddingColumns);
    if (slow) {
      int size = 1_500;
      graph.add(5, tensor("square", FLOAT, constants(size * size, 0), size, size));
      for (int i = 0; i < 8; i++) {
        graph.add(
            1, node("MatMul", "product" + i, i == 0 ? "square" : "product" + (i - 1), "square"));
      }
      graph.add(12, value("product7", FLOAT, size));
    }
    return graph;
  }

  /** {@code name = x * scale + offset}. */
  private void output(
      Message graph, String name, String x, float scale, ByteBuffer offset, long... columns) {
    if (!name.equals(missing)) {
      graph.add(5, tensor(name + "_scale", FLOAT, floats(scale)));
      graph.add(5, tensor(name + "_offset", FLOAT, offset, columns));
      graph.add(1, node("Mul", name + "_scaled", x, name + "_scale"));
      graph.add(1, node("Add", name, name + "_scaled", name + "_offset"));
      graph.add(12, value(name, FLOAT, columns));
    }
  }

  private static ByteBuffer constants(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return floats(values);
  }

  private static ByteBuffer floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.flip();
  }

  private static Message tensor(String name, int type, ByteBuffer values, long... shape) {
    Message tensor = new Message().add(2, type).add(8, name);
    Arrays.stream(shape).forEach(size -> tensor.add(1, size));
    return tensor.add(9, ByteString.copyFrom(values.duplicate()));
  }

  private static Message gather(String from, String index, int axis, String to) {
    return node("Gather", to, from, index)
        .add(5, new Message().add(1, "axis").add(3, axis).add(20, 2));
  }

  private static Message node(String operator, String output, String... inputs) {
    Message node = new Message().add(2, output).add(4, operator);
    Arrays.stream(inputs).forEach(input -> node.add(1, input));
    return node;
  }

  /** An input or output; its first axis is the batch. */
  private static Message value(String name, int type, long... columns) {
    Message shape = new Message().add(1, new Message().add(2, "batch"));
    Arrays.stream(columns).forEach(size -> shape.add(1, new Message().add(1, size)));
    Message tensor = new Message().add(1, type).add(2, shape);
    return new Message().add(1, name).add(2, new Message().add(1, tensor));
  }

  /** A Protobuf message, built by field numbers. */
  private static final class Message {
    private final UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();

    Message add(int number, long value) {
      fields.mergeField(number, Field.newBuilder().addVarint(value).build());
      return this;
    }

    Message add(int number, ByteString value) {
      fields.mergeField(number, Field.newBuilder().addLengthDelimited(value).build());
      return this;
    }

    Message add(int number, String value) {
      return add(number, ByteString.copyFromUtf8(value));
    }

    Message add(int number, Message value) {
      return add(number, value.bytes());
    }

    ByteString bytes() {
      return fields.build().toByteString();
    }
  }
}

package dev.reprise.inference.model;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.reprise.contract.Feature;
import dev.reprise.contract.MfccContract;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the model on batches of one size, smaller ones padded. Owns the input tensors, {@code mfcc}
 * [size, 20, 1292] float32 and {@code n_frames} [size] int64, and reuses their direct buffers for
 * every run. Not thread-safe.
 */
final class BatchRunner implements AutoCloseable {
  /** The outputs that every model must have, and that are read from its result. */
  static final List<String> OUTPUTS =
      List.of(
          "features", "uncertainty", "tempo_alternate", "tempo_confidence", "genre", "embedding");

  private static final Set<String> REQUESTED = Set.copyOf(OUTPUTS);

  private final int size;
  private final int genres;
  private final int embedding;
  private final int rows;
  private final int width;
  private final FloatBuffer mfcc;
  private final LongBuffer frames;
  private final OnnxTensor mfccTensor;
  private final OnnxTensor framesTensor;

  /**
   * @param size of its batches
   * @param genres columns of the output {@code genre}
   * @param embedding columns of the output {@code embedding}
   */
  BatchRunner(int size, int genres, int embedding) throws OrtException {
    MfccContract contract = MfccContract.current();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    this.size = size;
    this.genres = genres;
    this.embedding = embedding;
    this.rows = contract.coefficients();
    this.width = contract.maxFrames();
    this.mfcc = direct(size * rows * width * Float.BYTES).asFloatBuffer();
    this.frames = direct(size * Long.BYTES).asLongBuffer();
    this.mfccTensor = OnnxTensor.createTensor(environment, mfcc, new long[] {size, rows, width});
    this.framesTensor = OnnxTensor.createTensor(environment, frames, new long[] {size});
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  int size() {
    return size;
  }

  /** Runs the model on at most {@link #size} clips; returns its outputs in the same order. */
  List<ModelOutput> run(OrtSession session, List<ClipInput> clips) throws ModelException {
    for (int i = 0; i < size; i++) {
      if (i < clips.size()) {
        clips.get(i).copyTo(mfcc, i * rows * width, rows, width);
      }
      // Unused rows keep stale coefficients; their outputs are not read.
      frames.put(i, i < clips.size() ? clips.get(i).frames() : width);
    }
    try (OrtSession.Result result =
        session.run(Map.of("mfcc", mfccTensor, "n_frames", framesTensor), REQUESTED)) {
      return readOutputs(result, clips.size());
    } catch (OrtException e) {
      throw new ModelException("ONNX Runtime failed: " + e.getMessage(), e);
    }
  }

  private List<ModelOutput> readOutputs(OrtSession.Result result, int clips) throws ModelException {
    int columns = Feature.values().length;
    FloatBuffer features = output(result, "features", size, columns);
    FloatBuffer uncertainty = output(result, "uncertainty", size, columns);
    FloatBuffer tempoAlternate = output(result, "tempo_alternate", size);
    FloatBuffer tempoConfidence = output(result, "tempo_confidence", size);
    FloatBuffer genre = output(result, "genre", size, genres);
    FloatBuffer embeddings = output(result, "embedding", size, embedding);
    List<ModelOutput> outputs = new ArrayList<>(clips);
    for (int i = 0; i < clips; i++) {
      outputs.add(
          new ModelOutput(
              row(features, i, columns),
              row(uncertainty, i, columns),
              tempoAlternate.get(i),
              tempoConfidence.get(i),
              row(genre, i, genres),
              row(embeddings, i, embedding)));
    }
    return outputs;
  }

  private static FloatBuffer output(OrtSession.Result result, String name, long... shape)
      throws ModelException {
    OnnxValue value =
        result.get(name).orElseThrow(() -> new ModelException("it returned no output " + name));
    if (value instanceof OnnxTensor tensor
        && tensor.getInfo().type == OnnxJavaType.FLOAT
        && Arrays.equals(tensor.getInfo().getShape(), shape)) {
      return tensor.getFloatBuffer();
    }
    throw new ModelException(
        "its output %s is %s, not float32 of shape %s"
            .formatted(name, value.getInfo(), Arrays.toString(shape)));
  }

  private static float[] row(FloatBuffer values, int index, int columns) {
    float[] row = new float[columns];
    values.get(index * columns, row);
    return row;
  }

  @Override
  public void close() {
    mfccTensor.close();
    framesTensor.close();
  }
}

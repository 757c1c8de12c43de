package dev.reprise.inference.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.reprise.contract.MfccContract;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The input tensors for batches of one size: {@code mfcc} [size, 20, 1292] float32 and {@code
 * n_frames} [size] int64, over direct buffers that are filled anew for each run. The one owner of
 * their native memory. Not thread-safe.
 */
final class FixedBatch implements AutoCloseable {
  private final int size;
  private final int rows;
  private final int width;
  private final FloatBuffer mfcc;
  private final LongBuffer frames;
  private final OnnxTensor mfccTensor;
  private final OnnxTensor framesTensor;

  private FixedBatch(int size) throws OrtException {
    MfccContract contract = MfccContract.current();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    this.size = size;
    this.rows = contract.coefficients();
    this.width = contract.maxFrames();
    this.mfcc = direct(size * rows * width * Float.BYTES).asFloatBuffer();
    this.frames = direct(size * Long.BYTES).asLongBuffer();
    this.mfccTensor = OnnxTensor.createTensor(environment, mfcc, new long[] {size, rows, width});
    this.framesTensor = OnnxTensor.createTensor(environment, frames, new long[] {size});
  }

  /** Batches of 1, 2, 4 ... up to the first that holds {@code maxSize}. */
  static List<FixedBatch> upTo(int maxSize) throws OrtException {
    List<FixedBatch> batches = new ArrayList<>();
    int size = 1;
    batches.add(new FixedBatch(size));
    while (size < maxSize) {
      size *= 2;
      batches.add(new FixedBatch(size));
    }
    return batches;
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  int size() {
    return size;
  }

  /** Scores the clips, of which there may be fewer than the batch holds. */
  List<Scores> run(OrtSession session, List<ClipInput> clips) throws ModelException {
    for (int i = 0; i < size; i++) {
      if (i < clips.size()) {
        clips.get(i).copyTo(mfcc, i * rows * width, rows, width);
      }
      // Rows without a clip score whatever stands there, and nobody reads the result.
      frames.put(i, i < clips.size() ? clips.get(i).frames() : width);
    }
    try (OrtSession.Result result =
        session.run(Map.of("mfcc", mfccTensor, "n_frames", framesTensor))) {
      FloatBuffer features = output(result, "features");
      FloatBuffer genres = output(result, "genre");
      List<Scores> scores = new ArrayList<>(clips.size());
      for (int i = 0; i < clips.size(); i++) {
        scores.add(new Scores(row(features, i), row(genres, i)));
      }
      return scores;
    } catch (OrtException e) {
      throw new ModelException("ONNX Runtime failed: " + e.getMessage(), e);
    }
  }

  private static FloatBuffer output(OrtSession.Result result, String name) throws ModelException {
    return ((OnnxTensor)
            result
                .get(name)
                .orElseThrow(() -> new ModelException("the model has no output " + name)))
        .getFloatBuffer();
  }

  private float[] row(FloatBuffer values, int index) {
    int columns = values.capacity() / size;
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

package dev.reprise.inference.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.reprise.runtime.Health;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ONNX Runtime execution provider that a model runs on. */
public enum ExecutionProvider {
  CPU(8),
  CUDA(64);

  /** The reason in ONNX Runtime's message, among places in its sources. */
  private static final Pattern REASON =
      Pattern.compile("CUDA failure \\d+: [^;]+(?= ;)|(?<= : FAIL : )Failed to load library .+");

  private static final Logger log = LoggerFactory.getLogger(ExecutionProvider.class);

  static {
    RuntimeFolders.deleteStale(Path.of(System.getProperty("java.io.tmpdir")));
  }

  private final int maxBatchSize;

  /**
   * @param maxBatchSize clips of a batch, beyond which a larger one is not faster per clip
   */
  ExecutionProvider(int maxBatchSize) {
    this.maxBatchSize = maxBatchSize;
  }

  /** Returns the largest batch that it runs, in clips. */
  public int maxBatchSize() {
    return maxBatchSize;
  }

  /** Returns the value used in metrics and records. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns up if CUDA can be used on this host. */
  public static Health cudaAvailability() {
    try (SessionOptions options = new SessionOptions()) {
      CUDA.addTo(options);
      return Health.UP;
    } catch (LinkageError e) {
      return Health.down("ONNX Runtime's libraries cannot be loaded (" + e + ").");
    } catch (ModelException e) {
      return Health.down(e.getMessage() + ".");
    }
  }

  /**
   * Chooses the execution provider.
   *
   * @param requested {@code auto}, {@code cpu} or {@code cuda}; {@code auto} uses CUDA if it is
   *     available
   * @throws ModelException if {@code requested} is {@code cuda} and CUDA is not available, or if it
   *     is none of the three
   */
  public static ExecutionProvider choose(String requested) throws ModelException {
    switch (requested) {
      case "cpu" -> {
        return CPU;
      }
      case "auto", "cuda" -> {
        Health cuda = cudaAvailability();
        if (cuda.isUp()) {
          return CUDA;
        }
        if (requested.equals("cuda")) {
          throw new ModelException(
              "--execution-provider is cuda, but " + cuda.reason() + " See docs/GPU.md.");
        }
        log.info("Running on the CPU: {}", cuda.reason());
        return CPU;
      }
      default ->
          throw new ModelException(
              "--execution-provider is " + requested + "; it must be auto, cpu or cuda.");
    }
  }

  /** Adds this provider to the options of a session. */
  void addTo(SessionOptions options) throws ModelException {
    if (this == CPU) {
      useOneThread(options);
      return;
    }
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new ModelException("this build's ONNX Runtime has no CUDA provider");
    }
    // Creates ONNX Runtime's logger, without which a library that does not load is reported as a
    // missing logger.
    OrtEnvironment.getEnvironment();
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions()) {
      // The default, EXHAUSTIVE, benchmarks every algorithm for each new shape.
      cuda.add("cudnn_conv_algo_search", "HEURISTIC");
      // Tensor cores round to 10 bits: predictions would differ from the CPU's by more than 1e-4.
      cuda.add("use_tf32", "0");
      options.addCUDA(cuda);
    } catch (OrtException e) {
      throw new ModelException("ONNX Runtime cannot use CUDA (" + reason(e) + ")", e);
    }
  }

  static String reason(OrtException e) {
    String message = String.valueOf(e.getMessage()).strip();
    Matcher reason = REASON.matcher(message);
    return reason.find() ? reason.group() : message;
  }

  /**
   * Runs each batch on the thread that calls. Threads of ONNX Runtime's own would take all cores of
   * the machine, even in a container that may use few, and spin while they wait; and the division
   * of a batch among them changes the last bits of its scores.
   */
  private static void useOneThread(SessionOptions options) throws ModelException {
    try {
      options.setIntraOpNumThreads(1);
    } catch (OrtException e) {
      throw new ModelException("ONNX Runtime refuses its settings (" + e.getMessage() + ")", e);
    }
  }
}

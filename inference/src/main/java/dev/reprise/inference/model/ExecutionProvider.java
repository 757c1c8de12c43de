package dev.reprise.inference.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a model runs. */
public enum ExecutionProvider {
  CPU,
  CUDA;

  private static final Logger log = LoggerFactory.getLogger(ExecutionProvider.class);

  static {
    RuntimeFolders.deleteLeft(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** The word in metrics and records. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Why CUDA cannot be used on this host, in one sentence; empty if it can. */
  public static Optional<String> whyNoCuda() {
    try (SessionOptions options = new SessionOptions()) {
      CUDA.addTo(options);
      return Optional.empty();
    } catch (LinkageError e) {
      return Optional.of("ONNX Runtime's libraries cannot be loaded (" + e + ").");
    } catch (ModelException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * @param requested {@code auto}, {@code cpu} or {@code cuda}; auto takes CUDA where it can be had
   * @throws ModelException if {@code cuda} was asked for and cannot be had
   */
  public static ExecutionProvider choose(String requested) throws ModelException {
    switch (requested) {
      case "cpu" -> {
        return CPU;
      }
      case "auto", "cuda" -> {
        Optional<String> fault = whyNoCuda();
        if (fault.isPresent() && requested.equals("cuda")) {
          throw new ModelException(
              "--execution-provider is cuda, but " + fault.get() + " See docs/GPU.md.");
        }
        fault.ifPresent(why -> log.info("Running on the CPU: {}", why));
        return fault.isPresent() ? CPU : CUDA;
      }
      default ->
          throw new ModelException(
              "--execution-provider is " + requested + "; it must be auto, cpu or cuda.");
    }
  }

  /** Makes sessions with these options run here. */
  void addTo(SessionOptions options) throws ModelException {
    if (this == CPU) {
      return;
    }
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new ModelException("this build's ONNX Runtime has no CUDA provider.");
    }
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions()) {
      // The default, EXHAUSTIVE, tries every algorithm anew for each shape.
      cuda.add("cudnn_conv_algo_search", "HEURISTIC");
      // Tensor cores round to 10 bits: predictions would differ from the CPU's by more than 1e-4.
      cuda.add("use_tf32", "0");
      options.addCUDA(cuda);
    } catch (OrtException e) {
      throw new ModelException("ONNX Runtime cannot use CUDA (" + e.getMessage() + ").", e);
    }
  }
}

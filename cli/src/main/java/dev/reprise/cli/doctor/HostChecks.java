package dev.reprise.cli.doctor;

import dev.reprise.cli.options.ModelOptions;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.pool.DecoderPool;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelFile;
import dev.reprise.inference.model.ModelRepository;
import dev.reprise.inference.model.OnnxModel;
import dev.reprise.runtime.Health;
import java.io.IOException;
import java.util.List;

/** Checks Java, FFmpeg, GPU and model on this host. */
public final class HostChecks {
  private HostChecks() {}

  public static List<Finding> run(ModelOptions model) {
    return List.of(checkJava(), checkFfmpeg(), checkGpu(), checkModel(model));
  }

  private static Finding checkJava() {
    Runtime runtime = Runtime.getRuntime();
    return Finding.ok(
        "Java",
        "%s on %s, %d processors."
            .formatted(
                Runtime.version(), System.getProperty("os.arch"), runtime.availableProcessors()));
  }

  private static Finding checkFfmpeg() {
    try (DecoderPool decoders = DecoderPool.start(DecoderConfig.defaults(), 1)) {
      return Finding.ok("FFmpeg", decoders.awaitReady() + " runs in a decoder process.");
    } catch (IOException e) {
      return Finding.error(
          "FFmpeg", e.getMessage() + " Build Reprise on this kind of machine, or see --verbose.");
    }
  }

  private static Finding checkGpu() {
    Health cuda = ExecutionProvider.cudaAvailability();
    return cuda.isUp()
        ? Finding.ok("GPU", "CUDA can be used.")
        : Finding.note("GPU", "Not used: " + cuda.reason());
  }

  private static Finding checkModel(ModelOptions options) {
    try (OnnxModel model =
        OnnxModel.load(
            ModelFile.read(new ModelRepository(options.repository()).find(options.model())),
            ExecutionProvider.choose(options.executionProvider()),
            1)) {
      return Finding.ok(
          "model",
          "%s %s loads and runs on %s."
              .formatted(
                  model.metadata().name(), model.metadata().version(), model.provider().label()));
    } catch (ModelException e) {
      return Finding.error(
          "model", e.getMessage() + " See --model-repository, --model, --execution-provider.");
    }
  }
}

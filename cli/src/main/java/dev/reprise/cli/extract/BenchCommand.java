package dev.reprise.cli.extract;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.options.ExtractionOptions;
import dev.reprise.cli.options.PositiveInteger;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.extraction.ExtractionBench;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.pool.DecoderPool;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "bench",
    description = {
      "Measures the cost of extraction on one core: of decoding and resampling alone, of the same"
          + " with MFCC, and their ratio.",
      "Use a file of several minutes, on an otherwise idle machine."
    })
public final class BenchCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "FILE", description = "An audio file.")
  private Path file = Path.of("");

  @Option(
      names = "--warm-ups",
      paramLabel = "N",
      converter = PositiveInteger.class,
      description = "Uncounted rounds that warm up the compiler (default: ${DEFAULT-VALUE}).")
  private int warmUps = 5;

  @Option(
      names = "--repeats",
      paramLabel = "N",
      converter = PositiveInteger.class,
      description = "Counted rounds, whose median is printed (default: ${DEFAULT-VALUE}).")
  private int repeats = 15;

  @Mixin private final ExtractionOptions extraction = new ExtractionOptions();

  public BenchCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws ConfigurationException, IOException {
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(file + " is not a file.");
    }
    try (DecoderPool decoders = DecoderPool.start(extraction.config(), 1);
        AudioInput audio =
            new AudioInput(Files.newByteChannel(file), String.valueOf(file.getFileName()), "")) {
      print(decoders.measure(audio, warmUps, repeats));
      return 0;
    } catch (ExtractionException e) {
      throw new ConfigurationException(
          "%s: %s: %s".formatted(file, e.rejection().reason().label(), e.rejection().getMessage()));
    }
  }

  private void print(ExtractionBench.Result result) {
    printLine("audio                       %9.1f s", result.audioSeconds());
    printLine("decode + resample           %9.4f s", result.decodeSeconds());
    printLine("decode + resample + MFCC    %9.4f s", result.extractSeconds());
    printLine("ratio                       %9.2f", result.ratio());
    printLine("audio per core-second       %9.0f s", result.audioSecondsPerCoreSecond());
  }

  private void printLine(String format, double value) {
    context.terminal().print(String.format(Locale.ROOT, format, value));
  }
}

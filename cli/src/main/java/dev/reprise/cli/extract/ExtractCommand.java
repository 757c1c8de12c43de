package dev.reprise.cli.extract;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.files.TrackOptions;
import dev.reprise.cli.files.TrackSelection;
import dev.reprise.cli.options.ExtractionOptions;
import dev.reprise.cli.options.Footprints;
import dev.reprise.cli.options.ThreadOptions;
import dev.reprise.cli.output.Progress;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "extract",
    description = {
      "Writes the MFCC of audio files, without Kafka: one .npy file [20, frames] float32 per clip of"
          + " 30 s, named TRACK_ID.CLIP.npy.",
      "TRACK_ID.json records what a track's arrays were computed from. Running the command again"
          + " resumes where it stopped, and extracts only new and changed files.",
      "A file that fails does not stop the others; the exit code is then 1."
    })
public final class ExtractCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final TrackOptions files = new TrackOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write to; created if it does not exist.")
  private Path out = Path.of("");

  @Mixin private final ThreadOptions threads = new ThreadOptions(Footprints.EXTRACT);

  @Mixin private final ExtractionOptions extraction = new ExtractionOptions();

  public ExtractCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call()
      throws ConfigurationException, IOException, ExecutionException, InterruptedException {
    TrackSelection selection = files.select();
    List<String> failures = new ArrayList<>(selection.errors());
    int tracks = selection.tracks().size();
    int count = threads.count();
    if (tracks > 0) {
      ContractFile.claim(out);
      List<String> failed;
      try (Progress progress = Progress.of(context.terminal(), "Extracting", "files", tracks)) {
        failed =
            new ExtractionJob(out, extraction.config(), progress, selection.tracks()).run(count);
      }
      failures.addAll(failed);
      context
          .terminal()
          .note("%d of %d files in %s.".formatted(tracks - failed.size(), tracks, out));
    }
    selection.skipped().ifPresent(context.terminal()::note);
    failures.forEach(context.terminal()::note);
    return failures.isEmpty() ? 0 : ExitCode.FAILED;
  }
}

package dev.reprise.cli.run;

import dev.reprise.extractor.decode.DecodeLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * @param dataDirectory where to keep broker and services' data; empty for a temporary folder
 * @param allowedRoots folders that hold the files
 * @param threads files decoded and clips scored at a time
 * @param model {@code NAME[@VERSION]}
 */
public record RunConfig(
    Optional<Path> dataDirectory,
    List<Path> allowedRoots,
    int threads,
    DecodeLimits decode,
    Path modelRepository,
    String model,
    String executionProvider) {
  public RunConfig {
    allowedRoots = List.copyOf(allowedRoots);
  }
}

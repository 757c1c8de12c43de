package dev.reprise.cli.run;

import dev.reprise.evaluation.windows.WindowConfig;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.source.SourceLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The configuration of the services that run in this process.
 *
 * @param dataDirectory for the data of broker and services; empty for a temporary folder
 * @param brokerPort 0 for any free port
 * @param brokerPassword that the broker requires; empty if every local user may use it
 * @param sources limits of the files and URIs that an event may refer to
 * @param objectTrackIds derives track ids for events that are notifications of buckets
 * @param threads files decoded and clips scored concurrently
 * @param decoders number of decoder processes, at most one for each thread
 * @param spoolRetention how long an upload is kept whose event failed
 * @param model {@code NAME[@VERSION]}
 * @param evaluation of predictions; empty for none
 */
public record RunConfig(
    Optional<Path> dataDirectory,
    int brokerPort,
    Optional<String> brokerPassword,
    SourceLimits sources,
    ObjectTrackIdRule objectTrackIds,
    int threads,
    int decoders,
    DecoderConfig decoder,
    Duration spoolRetention,
    Path modelRepository,
    String model,
    String executionProvider,
    Optional<WindowConfig> evaluation) {}

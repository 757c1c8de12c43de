/**
 * Decoding in separate processes: a crafted file that crashes native code or exhausts memory costs
 * a worker instead of the service.
 *
 * <p>In the service: {@link dev.reprise.extractor.worker.DecoderPool} lends one {@link
 * dev.reprise.extractor.worker.DecoderProcess} to each file. In the worker: {@link
 * dev.reprise.extractor.worker.WorkerMain} reads the file through {@link
 * dev.reprise.extractor.worker.RequestedChannel} and runs the extraction. Between them: {@link
 * dev.reprise.extractor.worker.Messages} over the worker's standard input and output.
 */
@NullMarked
package dev.reprise.extractor.worker;

import org.jspecify.annotations.NullMarked;

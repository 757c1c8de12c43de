/**
 * A pool of decoder processes: a crafted file that crashes native code or exhausts memory costs one
 * of them instead of the service.
 *
 * <p>In the service: {@link dev.reprise.extractor.pool.DecoderPool} lends one {@link
 * dev.reprise.extractor.pool.DecoderProcess} to each file. In the process: {@link
 * dev.reprise.extractor.pool.DecoderMain} reads the file through {@link
 * dev.reprise.extractor.pool.RequestedChannel} and runs the extraction. Between them: {@link
 * dev.reprise.extractor.pool.Messages} over its standard input and output.
 */
@NullMarked
package dev.reprise.extractor.pool;

import org.jspecify.annotations.NullMarked;

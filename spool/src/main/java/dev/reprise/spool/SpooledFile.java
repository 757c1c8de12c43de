package dev.reprise.spool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An upload in the spool.
 *
 * @param bytes its size so far; 0 for an unfinished one in a bucket, whose parts are not listed
 * @param changed when it was last written to, or begun in a bucket
 * @param isComplete whether it has been received completely
 * @param multipartId of an unfinished multipart upload to a bucket
 */
public record SpooledFile(
    SpoolName name,
    long bytes,
    Instant changed,
    boolean isComplete,
    @Nullable String multipartId) {}

package dev.reprise.spool;

/**
 * Configuration of the spool, the same in API and extractor.
 *
 * @param store the object store, if the spool is in a bucket
 */
public record SpoolConfig(SpoolLocation location, S3Store store) {}

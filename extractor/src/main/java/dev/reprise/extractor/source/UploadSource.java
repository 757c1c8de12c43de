package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.spool.BucketSpool;
import dev.reprise.spool.FolderSpool;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolName;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Opens {@code spool:} URIs: uploads that the API has put into the spool. */
final class UploadSource {
  private final Optional<Spool> spool;
  private final SourceLimits limits;
  private final S3Source objects;

  /**
   * @param spool empty if the extractor has none
   * @param objects reads a spool that is in a bucket
   */
  UploadSource(Optional<Spool> spool, SourceLimits limits, S3Source objects) {
    this.spool = spool;
    this.limits = limits;
    this.objects = objects;
  }

  AudioInput open(SourceUri uri) throws RejectedException {
    SpoolName name = SpoolName.of(uri);
    if (spool.isEmpty()) {
      throw new RejectedException(
          Reason.SOURCE_NOT_ALLOWED,
          "The source " + uri + " is an upload; give the extractor the --spool of the API.");
    }
    return spool.get() instanceof BucketSpool bucket
        ? objects.open(uri, new S3Location(bucket.bucket(), bucket.key(name), Optional.empty()))
        : open(uri, (FolderSpool) spool.get(), name);
  }

  private AudioInput open(SourceUri uri, FolderSpool folder, SpoolName name)
      throws RejectedException {
    try {
      SeekableByteChannel channel = folder.read(name);
      try {
        limits.requireSize(channel.size(), uri);
      } catch (RejectedException | IOException e) {
        channel.close();
        throw e;
      }
      return new AudioInput(channel, "", "");
    } catch (NoSuchFileException e) {
      throw new RejectedException(
          Reason.SOURCE_NOT_FOUND,
          "The source "
              + uri
              + " is not in the spool: it was extracted before or has expired, or the API has"
              + " another --spool.",
          e);
    } catch (IOException e) {
      throw new RejectedException(
          Reason.SOURCE_UNREADABLE, "The source " + uri + " cannot be read: " + e + ".", e);
    }
  }
}

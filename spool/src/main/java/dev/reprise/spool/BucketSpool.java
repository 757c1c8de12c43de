package dev.reprise.spool;

import dev.reprise.runtime.ConfigurationException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A spool in a bucket. An upload is sent in parts of 8 MiB; it exists when the multipart upload is
 * completed, and a failed one is aborted. Thread-safe; the writers are not.
 */
public final class BucketSpool implements Spool {
  private static final Logger log = LoggerFactory.getLogger(BucketSpool.class);

  /** Size of a part, which a writer holds in memory; at least 5 MiB, except for the last. */
  public static final int PART_BYTES = 8 << 20;

  private static final Duration MAX_REQUEST_TIME = Duration.ofSeconds(60);
  private static final String MEDIA_TYPE = "application/octet-stream";
  private static final int INSUFFICIENT_STORAGE = 507;
  private static final int NOT_FOUND = 404;

  private final SpoolLocation.Bucket location;
  private final S3Client client;

  private BucketSpool(SpoolLocation.Bucket location, S3Client client) {
    this.location = location;
    this.client = client;
  }

  static BucketSpool open(SpoolLocation.Bucket location, S3Store store)
      throws ConfigurationException {
    try {
      S3Clients.requireCredentials(store);
      return new BucketSpool(location, S3Clients.create(store, MAX_REQUEST_TIME));
    } catch (SdkClientException e) {
      throw new ConfigurationException(
          "--spool names a bucket, but the object store cannot be used: "
              + e.getMessage()
              + " See docs/OPERATIONS.md, Object storage.");
    }
  }

  public String bucket() {
    return location.bucket();
  }

  /** Returns the key of an upload's object. */
  public String key(SpoolName name) {
    return location.key(name);
  }

  @Override
  public SpoolWriter create(SpoolName name) {
    return new Writer(location.key(name));
  }

  @Override
  public void delete(SpoolName name) throws IOException {
    try {
      client.deleteObject(it -> it.bucket(location.bucket()).key(location.key(name)));
    } catch (SdkException e) {
      throw explained(e);
    }
  }

  @Override
  public List<SpooledFile> list() throws IOException {
    List<SpooledFile> files = new ArrayList<>();
    try {
      client
          .listObjectsV2Paginator(it -> it.bucket(location.bucket()).prefix(location.prefix()))
          .contents()
          .forEach(object -> describe(object).ifPresent(files::add));
      client
          .listMultipartUploadsPaginator(
              it -> it.bucket(location.bucket()).prefix(location.prefix()))
          .uploads()
          .forEach(upload -> describe(upload).ifPresent(files::add));
    } catch (SdkException e) {
      throw explained(e);
    }
    return files;
  }

  private Optional<SpooledFile> describe(S3Object object) {
    return name(object.key())
        .map(name -> new SpooledFile(name, object.size(), object.lastModified(), true, null));
  }

  private Optional<SpooledFile> describe(MultipartUpload upload) {
    return name(upload.key())
        .map(name -> new SpooledFile(name, 0, upload.initiated(), false, upload.uploadId()));
  }

  private Optional<SpoolName> name(String key) {
    return key.startsWith(location.prefix())
        ? SpoolName.parse(key.substring(location.prefix().length()))
        : Optional.empty();
  }

  @Override
  public void discard(SpooledFile file) throws IOException {
    if (file.isComplete()) {
      delete(file.name());
      return;
    }
    try {
      abort(location.key(file.name()), file.multipartId());
    } catch (SdkException e) {
      throw explained(e);
    }
  }

  private void abort(String key, @Nullable String multipartId) {
    try {
      client.abortMultipartUpload(
          it -> it.bucket(location.bucket()).key(key).uploadId(multipartId));
    } catch (S3Exception e) {
      if (e.statusCode() != NOT_FOUND) {
        throw e;
      }
    }
  }

  @Override
  public long freeBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public int bufferBytes() {
    return PART_BYTES;
  }

  @Override
  public void close() {
    client.close();
  }

  private IOException explained(SdkException e) {
    String message = "The object store failed for " + location + ": " + e.getMessage();
    return e instanceof S3Exception response && response.statusCode() == INSUFFICIENT_STORAGE
        ? new SpoolFullException(message, e)
        : new IOException(message, e);
  }

  private final class Writer implements SpoolWriter {
    private final String key;
    private final byte[] buffer = new byte[PART_BYTES];
    private final List<CompletedPart> parts = new ArrayList<>();
    private int filled;
    private @Nullable String multipartId;
    private boolean isCompleting;
    private boolean isComplete;

    Writer(String key) {
      this.key = key;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      int written = 0;
      while (written < count) {
        if (filled == PART_BYTES) {
          sendPart();
        }
        int more = Math.min(count - written, PART_BYTES - filled);
        System.arraycopy(bytes, offset + written, buffer, filled, more);
        filled += more;
        written += more;
      }
    }

    @Override
    public void complete() throws IOException {
      String id = multipartId;
      if (id == null) {
        isCompleting = true;
        putObject();
      } else {
        sendPart();
        isCompleting = true;
        completeMultipart(id);
      }
      isComplete = true;
    }

    private void putObject() throws IOException {
      try {
        client.putObject(
            it -> it.bucket(location.bucket()).key(key).contentType(MEDIA_TYPE), body());
      } catch (SdkException e) {
        throw explained(e);
      }
    }

    private void sendPart() throws IOException {
      try {
        String id = multipartId == null ? begin() : multipartId;
        multipartId = id;
        int number = parts.size() + 1;
        String eTag =
            client
                .uploadPart(
                    it -> it.bucket(location.bucket()).key(key).uploadId(id).partNumber(number),
                    body())
                .eTag();
        parts.add(CompletedPart.builder().partNumber(number).eTag(eTag).build());
        filled = 0;
      } catch (SdkException e) {
        throw explained(e);
      }
    }

    private String begin() {
      return client
          .createMultipartUpload(
              it -> it.bucket(location.bucket()).key(key).contentType(MEDIA_TYPE))
          .uploadId();
    }

    private void completeMultipart(String id) throws IOException {
      try {
        client.completeMultipartUpload(
            it ->
                it.bucket(location.bucket())
                    .key(key)
                    .uploadId(id)
                    .multipartUpload(upload -> upload.parts(parts)));
      } catch (SdkException e) {
        throw explained(e);
      }
    }

    /** Without the copy that {@link RequestBody#fromBytes} makes. */
    private RequestBody body() {
      int count = filled;
      return RequestBody.fromContentProvider(
          () -> new ByteArrayInputStream(buffer, 0, count), count, MEDIA_TYPE);
    }

    @Override
    public void close() {
      if (isComplete) {
        return;
      }
      isComplete = true;
      String id = multipartId;
      if (id != null) {
        discard(() -> abort(key, id));
      }
      if (isCompleting) {
        // The store may have completed it although its response did not arrive.
        discard(() -> client.deleteObject(it -> it.bucket(location.bucket()).key(key)));
      }
    }

    private void discard(Runnable request) {
      try {
        request.run();
      } catch (SdkException e) {
        log.warn(
            "Cannot discard the upload {}: {}. The extractor discards it later.",
            key,
            e.getMessage());
      }
    }
  }
}

package dev.reprise.extractor.source;

import dev.reprise.contract.MediaTypes;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.UnreadableException;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.Deadline;
import dev.reprise.spool.S3Clients;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Opens {@code s3:} URIs of allowed buckets. Objects are read in ranges while they are decoded; all
 * ranges are of the version that the first one was of. The client is created with the first object,
 * so that a service without any pays nothing for it. Thread-safe.
 */
final class S3Source implements AutoCloseable {
  private static final int NOT_FOUND = 404;

  /** The response to a range of an empty object. */
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final SourceLimits limits;
  private final S3Failures failures = new S3Failures();
  private @Nullable S3Client client;

  S3Source(SourceLimits limits) {
    this.limits = limits;
  }

  /**
   * Checks that region and credentials can be found, if any bucket is allowed. Whether the store
   * accepts the credentials only shows when an object is read.
   *
   * @throws ConfigurationException if they cannot
   */
  void check() throws ConfigurationException {
    if (limits.s3().allowedBuckets().isEmpty()) {
      return;
    }
    try {
      S3Clients.requireCredentials(limits.s3().store());
      client();
    } catch (SdkClientException e) {
      throw new ConfigurationException(
          "--allowed-bucket is given, but the object store cannot be used: "
              + e.getMessage()
              + " See docs/OPERATIONS.md, Object storage.");
    }
  }

  AudioInput open(SourceUri uri) throws RejectedException {
    return open(uri, requireAllowed(uri));
  }

  /**
   * Opens an object that need not be in an allowed bucket.
   *
   * @param uri names the object in messages
   */
  AudioInput open(SourceUri uri, S3Location object) throws RejectedException {
    FetchBudget budget = new FetchBudget(limits.maxFetchTime());
    Range first;
    try {
      first = budget.spend(left -> fetch(object, 0, RangeChannel.firstRangeBytes(), null, left));
    } catch (SdkException e) {
      if (e instanceof S3Exception s3 && s3.statusCode() == RANGE_NOT_SATISFIABLE) {
        return new AudioInput(new ByteArrayChannel(new byte[0]), object.fileName(), "");
      }
      throw failures.rejection(uri, object, budget, e);
    }
    failures.recordSuccess();
    limits.requireSize(first.objectBytes(), uri);
    return new AudioInput(
        new RangeChannel(
            (start, length) -> read(uri, object, first.eTag(), budget, start, length),
            first.bytes(),
            first.objectBytes()),
        object.fileName(),
        first.mediaType());
  }

  private byte[] read(
      SourceUri uri, S3Location object, String eTag, FetchBudget budget, long start, int length)
      throws UnreadableException {
    try {
      return budget.spend(left -> fetch(object, start, length, eTag, left)).bytes();
    } catch (SdkException e) {
      throw new UnreadableException(failures.rejection(uri, object, budget, e));
    }
  }

  private Range fetch(
      S3Location object, long start, int length, @Nullable String eTag, Duration timeout) {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(object.bucket())
            .key(object.key())
            .versionId(object.versionId().orElse(null))
            .range("bytes=" + start + "-" + (start + length - 1))
            .ifMatch(eTag)
            .overrideConfiguration(override -> override.apiCallTimeout(timeout))
            .build();
    Deadline deadline = Deadline.after(timeout);
    return client()
        .getObject(request, (headers, body) -> Range.of(headers, body, start, length, deadline));
  }

  /**
   * Returns whether the object that a URI names exists in its current version, whichever version
   * the URI names.
   */
  boolean exists(SourceUri uri) throws RejectedException {
    S3Location object = requireAllowed(uri).currentVersion();
    FetchBudget budget = new FetchBudget(limits.maxFetchTime());
    try {
      budget.spend(left -> head(object, left));
      return true;
    } catch (SdkException e) {
      if (e instanceof S3Exception s3 && s3.statusCode() == NOT_FOUND) {
        return false;
      }
      throw failures.rejection(uri, object, budget, e);
    }
  }

  private HeadObjectResponse head(S3Location object, Duration timeout) {
    HeadObjectRequest request =
        HeadObjectRequest.builder()
            .bucket(object.bucket())
            .key(object.key())
            .overrideConfiguration(override -> override.apiCallTimeout(timeout))
            .build();
    return client().headObject(request);
  }

  /** Returns the object that a URI names, which is in an allowed bucket. */
  S3Location requireAllowed(SourceUri uri) throws RejectedException {
    S3Location object = S3Location.of(uri);
    if (limits.s3().allowedBuckets().stream().noneMatch(rule -> rule.allows(object))) {
      throw new RejectedException(
          Reason.SOURCE_NOT_ALLOWED,
          "The source " + uri + " is not in any of the buckets given with --allowed-bucket.");
    }
    return object;
  }

  private synchronized S3Client client() {
    S3Client created = client;
    if (created == null) {
      created = S3Clients.create(limits.s3().store(), limits.maxFetchTime());
      client = created;
    }
    return created;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
    }
  }

  /**
   * Some bytes of an object.
   *
   * @param objectBytes size of the whole object
   * @param mediaType empty if the store does not know it to be audio or video
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed over, never compared.
  private record Range(byte[] bytes, long objectBytes, String eTag, String mediaType) {
    static Range of(
        GetObjectResponse headers,
        AbortableInputStream body,
        long start,
        int length,
        Deadline deadline) {
      if (headers.contentRange() == null && start > 0) {
        throw SdkClientException.create("The object store does not support ranges.");
      }
      try {
        long objectBytes = objectBytes(headers);
        byte[] bytes = read(body, length, deadline);
        if (bytes.length != Math.min(length, objectBytes - start)) {
          throw RetryableException.create("The response is incomplete.");
        }
        return new Range(
            bytes, objectBytes, headers.eTag(), MediaTypes.ofAudio(headers.contentType()));
      } catch (IOException e) {
        throw RetryableException.create("The connection failed: " + e, e);
      }
    }

    /** Reads at most {@code length} bytes: a store that ignores the range sends more. */
    private static byte[] read(AbortableInputStream body, int length, Deadline deadline)
        throws IOException {
      byte[] bytes = new byte[length];
      int count = 0;
      while (count < length) {
        int read = body.read(bytes, count, length - count);
        if (read < 0) {
          break;
        }
        count += read;
        if (deadline.hasPassed()) {
          // The SDK's own timeout cannot interrupt a body that keeps arriving slowly.
          body.abort();
          throw ApiCallTimeoutException.builder().message("The response is too slow.").build();
        }
      }
      body.abort();
      return count == length ? bytes : Arrays.copyOf(bytes, count);
    }

    /** Returns the size that ends {@code bytes 0-99/1234}. */
    private static long objectBytes(GetObjectResponse headers) {
      String contentRange = headers.contentRange();
      if (contentRange == null && headers.contentLength() != null) {
        // The store ignored the range, and sends the whole object.
        return headers.contentLength();
      }
      if (contentRange == null) {
        throw SdkClientException.create("The object store does not give the object's size.");
      }
      try {
        return Long.parseLong(contentRange.substring(contentRange.lastIndexOf('/') + 1));
      } catch (NumberFormatException e) {
        throw SdkClientException.create("The store sent the range '" + contentRange + "'.", e);
      }
    }
  }
}

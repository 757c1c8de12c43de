package dev.reprise.extractor.source;

import dev.reprise.spool.S3Store;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** S3Proxy, which checks signatures, over a store in memory that the tests fill directly. */
public final class S3Server implements AutoCloseable {
  public static final String ACCESS_KEY = "test-access";
  public static final String SECRET_KEY = "test-secret";

  private final BlobStore store;
  private final S3Proxy server;

  private S3Server(BlobStore store, S3Proxy server) {
    this.store = store;
    this.server = server;
  }

  public static S3Server start(AuthenticationType authentication) throws Exception {
    BlobStore store = new TransientNio2BlobStore();
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(authentication, ACCESS_KEY, SECRET_KEY)
            .build();
    server.start();
    return new S3Server(store, server);
  }

  public static S3Server start() throws Exception {
    return start(AuthenticationType.AWS_V4);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /** Returns the configuration of a client of this server, with the default credentials. */
  public S3Config config(String... buckets) {
    return new S3Config(Arrays.stream(buckets).map(AllowedBucket::parse).toList(), s3());
  }

  /** Returns this server, to which clients send the default credentials. */
  public S3Store s3() {
    return new S3Store(Optional.of(endpoint()), Optional.empty(), true, false);
  }

  public void createBucket(String bucket) {
    store.createContainer(bucket);
  }

  public void keepVersions(String bucket) {
    store.putBucketVersioning(bucket, BucketVersioningStatus.ENABLED);
  }

  /** Returns the version id; null if the bucket does not keep versions. */
  public @Nullable String put(String bucket, String key, byte[] object) {
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(bucket)
            .key(key)
            .contentLength((long) object.length)
            .build();
    return store.putBlob(request, new ByteArrayInputStream(object)).versionId();
  }

  public void put(String bucket, String key, String object) {
    put(bucket, key, object.getBytes(StandardCharsets.UTF_8));
  }

  /** Deletes the current version; leaves a delete marker if the bucket keeps versions. */
  public void delete(String bucket, String key) {
    store.removeBlob(bucket, key);
  }

  public void deleteVersion(String bucket, String key, @Nullable String version) {
    store.removeBlob(bucket, key, version);
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}

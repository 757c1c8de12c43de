package dev.reprise.spool;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Creates clients of object stores. */
public final class S3Clients {
  private static final int MAX_ATTEMPTS = 4;

  /** Longest wait for the next bytes; the SDK's own timeout does not end one. */
  private static final Duration MAX_SILENCE = Duration.ofSeconds(10);

  /** Most other stores ignore the region; it is part of the signature. */
  private static final Region REGION_OF_OTHER_STORES = Region.US_EAST_1;

  private S3Clients() {}

  /**
   * Returns a client, which the caller closes.
   *
   * @param maxRequestTime bounds each call with its retries
   * @throws SdkClientException if no region is known
   */
  public static S3Client create(S3Store store, Duration maxRequestTime) {
    Duration maxSilence = maxRequestTime.compareTo(MAX_SILENCE) < 0 ? maxRequestTime : MAX_SILENCE;
    S3ClientBuilder client =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(maxSilence)
                    .socketTimeout(maxSilence))
            .credentialsProvider(credentials(store))
            .forcePathStyle(store.pathStyle())
            // Not every store has checksums, and those of AWS are of the whole object.
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .overrideConfiguration(
                override ->
                    override
                        .apiCallTimeout(maxRequestTime)
                        .retryStrategy(
                            AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(MAX_ATTEMPTS)
                                .build()));
    store.endpoint().ifPresent(client::endpointOverride);
    region(store).ifPresent(client::region);
    return client.build();
  }

  /**
   * Requires that credentials are configured.
   *
   * @throws SdkClientException if they are not
   */
  public static void requireCredentials(S3Store store) {
    credentials(store).resolveCredentials();
  }

  private static AwsCredentialsProvider credentials(S3Store store) {
    return store.anonymous()
        ? AnonymousCredentialsProvider.create()
        : DefaultCredentialsProvider.builder().build();
  }

  /** Returns the region, or empty to have the SDK search for it, at last on the instance. */
  private static Optional<Region> region(S3Store store) {
    Optional<URI> endpoint = store.endpoint();
    return store
        .region()
        .map(Region::of)
        .or(() -> endpoint.map(ignored -> configuredRegion().orElse(REGION_OF_OTHER_STORES)));
  }

  /** Returns the region of the environment or the profile. */
  private static Optional<Region> configuredRegion() {
    AwsRegionProvider providers =
        new AwsRegionProviderChain(
            new SystemSettingsRegionProvider(), new AwsProfileRegionProvider());
    try {
      return Optional.of(providers.getRegion());
    } catch (SdkClientException e) {
      return Optional.empty();
    }
  }
}

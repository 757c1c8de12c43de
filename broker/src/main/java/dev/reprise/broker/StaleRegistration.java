package dev.reprise.broker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.SharedServer;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.loader.LoaderManifest;
import org.apache.kafka.image.publisher.MetadataPublisher;
import org.apache.kafka.metadata.BrokerRegistration;

/**
 * Waits until the controller has fenced the registration that a killed broker left behind.
 *
 * <p>A broker that starts earlier is the leader of its partitions by the old metadata, until the
 * controller fences the stale registration, and is elected again once it has registered itself. The
 * group coordinator then loads its partition twice, and Kafka 4.3 mistakes the end of the first
 * load for that of the second: it serves groups while it is still reading them from the log.
 * Members that join meanwhile are lost, earlier members never expire, and committed offsets are
 * missing; see decision 34.
 */
final class StaleRegistration implements MetadataPublisher {
  private final int brokerId;
  private final CompletableFuture<Void> fenced = new CompletableFuture<>();

  private StaleRegistration(int brokerId) {
    this.brokerId = brokerId;
  }

  /**
   * Waits until the broker has no registration, or a fenced one.
   *
   * @param controller of the same node, already started
   * @throws IllegalStateException if that takes longer than the timeout
   */
  static void awaitFenced(SharedServer controller, int brokerId, Duration timeout) {
    StaleRegistration registration = new StaleRegistration(brokerId);
    try {
      controller.loader().installPublishers(List.of(registration)).get();
      registration.fenced.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      controller.loader().removeAndClosePublisher(registration).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot read the cluster's metadata.", e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "The controller did not fence the registration of the previous broker in time.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while starting the broker.", e);
    }
  }

  @Override
  public String name() {
    return "StaleRegistration";
  }

  @Override
  public void onMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest) {
    BrokerRegistration registration = image.cluster().broker(brokerId);
    if (registration == null || registration.fenced()) {
      fenced.complete(null);
    }
  }
}

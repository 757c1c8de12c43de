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
 * <p>A broker that starts before that is the leader of its partitions by the old metadata, until
 * the controller fences the earlier registration, and is elected a second time once it has
 * registered itself. The group coordinator then loads its partition twice, and Kafka 4.3 takes the
 * end of the first load for the end of the second: it serves groups while it is still reading them
 * from the log. Members that join in the meantime are lost, earlier members never expire, and
 * committed offsets are missing; see decision 34.
 */
final class EarlierRegistration implements MetadataPublisher {
  private final int brokerId;
  private final CompletableFuture<Void> lapsed = new CompletableFuture<>();

  private EarlierRegistration(int brokerId) {
    this.brokerId = brokerId;
  }

  /**
   * Waits until the broker has no registration, or a fenced one.
   *
   * @param controller of the same node, already started
   * @throws IllegalStateException if that takes longer than the timeout
   */
  static void awaitLapse(SharedServer controller, int brokerId, Duration timeout) {
    EarlierRegistration registration = new EarlierRegistration(brokerId);
    try {
      controller.loader().installPublishers(List.of(registration)).get();
      registration.lapsed.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      controller.loader().removeAndClosePublisher(registration).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("The cluster's metadata cannot be read.", e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "The registration of the broker before this one does not lapse.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the broker starts.", e);
    }
  }

  @Override
  public String name() {
    return "EarlierRegistration";
  }

  @Override
  public void onMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest) {
    BrokerRegistration registration = image.cluster().broker(brokerId);
    if (registration == null || registration.fenced()) {
      lapsed.complete(null);
    }
  }
}

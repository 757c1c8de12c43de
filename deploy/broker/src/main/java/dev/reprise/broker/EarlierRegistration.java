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
 * Waits until the registration that a killed broker left behind has lapsed.
 *
 * <p>A broker that starts earlier takes itself for the leader of its partitions until the
 * controller fences the earlier registration, and is elected again when it has registered anew. The
 * group coordinator then loads its partition twice, and Kafka 4.3 takes the end of the first load
 * for that of the second: it serves groups while it is still reading them from the log. Members
 * that join in the meantime are forgotten, those from before the kill never expire, and committed
 * offsets are not found; see decision 34.
 */
final class EarlierRegistration implements MetadataPublisher {
  private final int brokerId;
  private final CompletableFuture<Void> lapsed = new CompletableFuture<>();

  private EarlierRegistration(int brokerId) {
    this.brokerId = brokerId;
  }

  /**
   * Waits until no registration of the broker is in force.
   *
   * @param controller of the same node, started
   * @throws IllegalStateException if one still is when the time is up
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

package dev.reprise.extractor.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Writes a response body to a file until it exceeds its bound, then cancels the exchange. Failures
 * of the file system are reported as {@link UncheckedIOException}, to distinguish them from those
 * of the server and the network.
 */
final class BoundedBody implements BodySubscriber<Path> {
  private final BodySubscriber<Path> delegate;
  private final long maxBytes;
  private long bytes;
  private Flow.@Nullable Subscription subscription;
  private volatile boolean ended;

  BoundedBody(Path target, long maxBytes) {
    this.delegate =
        BodySubscribers.ofFile(
            target, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<Path> getBody() {
    return delegate
        .getBody()
        .handle(
            (path, failure) -> {
              if (failure == null) {
                return path;
              }
              Throwable cause =
                  failure instanceof CompletionException wrapped && wrapped.getCause() != null
                      ? wrapped.getCause()
                      : failure;
              throw new CompletionException(
                  !ended && cause instanceof IOException io
                      ? new UncheckedIOException("Cannot spool a source", io)
                      : cause);
            });
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    delegate.onSubscribe(newSubscription);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      bytes += buffer.remaining();
    }
    if (bytes <= maxBytes) {
      delegate.onNext(buffers);
    } else if (subscription != null) {
      ended = true;
      subscription.cancel();
      delegate.onError(new TooLargeException());
    }
  }

  @Override
  public void onError(Throwable failure) {
    ended = true;
    delegate.onError(failure);
  }

  @Override
  public void onComplete() {
    delegate.onComplete();
  }

  /** Thrown if the body is larger than the bound. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}

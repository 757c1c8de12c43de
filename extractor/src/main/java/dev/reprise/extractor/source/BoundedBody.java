package dev.reprise.extractor.source;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Hands a response body on until it exceeds its bound, then ends the exchange. */
final class BoundedBody implements BodySubscriber<Path> {
  private final BodySubscriber<Path> delegate;
  private final long maxBytes;
  private long bytes;
  private Flow.@Nullable Subscription subscription;

  BoundedBody(BodySubscriber<Path> delegate, long maxBytes) {
    this.delegate = delegate;
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<Path> getBody() {
    return delegate.getBody();
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
      subscription.cancel();
      delegate.onError(new TooLargeException());
    }
  }

  @Override
  public void onError(Throwable failure) {
    delegate.onError(failure);
  }

  @Override
  public void onComplete() {
    delegate.onComplete();
  }

  /** The body is larger than the bound. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}

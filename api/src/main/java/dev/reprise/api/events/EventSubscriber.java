package dev.reprise.api.events;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * A reader of the event stream. Writes from the shared log without blocking, as much as its
 * connection accepts: a slow reader delays no other, and gets a {@code missed} event if it falls
 * behind the oldest event in the log. Thread-safe.
 */
final class EventSubscriber implements WriteListener, AsyncListener {
  private static final byte[] HEARTBEAT = ": still here\n\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] MISSED =
      "event: missed\ndata: {\"detail\":\"Events before the next one were skipped for this reader.\"}\n\n"
          .getBytes(StandardCharsets.UTF_8);

  private final EventLog log;
  private final ServletOutputStream out;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private long position;
  private boolean missed;

  /** Whether the server has called {@link #onWritePossible}, before which no thread may write. */
  private boolean writable;

  /**
   * Whether the first bytes are written. The headers, which the client waits for, go out with them.
   */
  private boolean started;

  /**
   * @param position number of the first event to write
   * @param missed whether the reader requested older events than the log keeps
   */
  EventSubscriber(EventLog log, ServletOutputStream out, long position, boolean missed) {
    this.log = log;
    this.out = out;
    this.position = position;
    this.missed = missed;
  }

  /** Starts to write, on the threads of the server. */
  void start(AsyncContext context) {
    try {
      context.setTimeout(0);
      context.addListener(this);
      out.setWriteListener(this);
    } catch (IllegalStateException e) {
      // The client has disconnected in the meantime.
      end();
    }
  }

  /** Returns a future that completes when the stream has ended. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  @Override
  public synchronized void onWritePossible() {
    writable = true;
    write(false);
  }

  /**
   * Writes new events as far as possible without blocking; nothing until the stream is writable.
   */
  synchronized void write(boolean heartbeat) {
    try {
      boolean written = false;
      if ((heartbeat || !started) && isReady()) {
        started = true;
        written = writeFrame(HEARTBEAT);
      }
      while (isReady() && (missed || position < log.next())) {
        written = writeNext();
      }
      if (written && isReady()) {
        out.flush();
      }
    } catch (IOException | RuntimeException e) {
      // Caught whatever it is: the writer thread continues for the other readers.
      end();
    }
  }

  private boolean isReady() {
    return writable && !ended.isDone() && out.isReady();
  }

  private boolean writeNext() throws IOException {
    byte[] frame = missed ? null : log.frame(position);
    if (frame == null) {
      missed = false;
      position = Math.max(position, log.oldest());
      return writeFrame(MISSED);
    }
    position++;
    return writeFrame(frame);
  }

  private boolean writeFrame(byte[] bytes) throws IOException {
    out.write(bytes);
    return true;
  }

  /** Ends the stream. */
  void end() {
    ended.complete(null);
  }

  @Override
  public void onError(Throwable failure) {
    end();
  }

  @Override
  public void onError(AsyncEvent event) {
    end();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    end();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    end();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {}
}

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
 * One reader of the event stream. It is written to without blocking, from the shared log, as far as
 * its connection takes it: a slow reader holds up nobody, and one that falls behind what the log
 * keeps is told so. Thread-safe.
 */
final class EventSubscriber implements WriteListener, AsyncListener {
  private static final byte[] HEARTBEAT = ": still here\n\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] MISSED =
      "event: missed\ndata: {\"detail\":\"Events before the next one are lost to this reader.\"}\n\n"
          .getBytes(StandardCharsets.UTF_8);

  private final EventLog log;
  private final ServletOutputStream out;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private long position;
  private boolean missed;

  /** Not before the server says so may anybody write, least of all the thread for all readers. */
  private boolean open;

  /** The headers go out with the first bytes, and the client waits for them. */
  private boolean greeted;

  /**
   * @param position number of the first event to write
   * @param missed whether the reader asked for older ones than there are
   */
  EventSubscriber(EventLog log, ServletOutputStream out, long position, boolean missed) {
    this.log = log;
    this.out = out;
    this.position = position;
    this.missed = missed;
  }

  /** Begins to write, on the threads of the server. */
  void start(AsyncContext context) {
    try {
      context.setTimeout(0);
      context.addListener(this);
      out.setWriteListener(this);
    } catch (IllegalStateException e) {
      // The client has gone in the meantime.
      end();
    }
  }

  /** Completes when the reader is gone. */
  CompletableFuture<Void> ended() {
    return end;
  }

  @Override
  public synchronized void onWritePossible() {
    open = true;
    write(false);
  }

  /** Writes what there is, as far as it goes at once; nothing before the server asked for it. */
  synchronized void write(boolean heartbeat) {
    try {
      boolean written = false;
      if ((heartbeat || !greeted) && isReady()) {
        greeted = true;
        written = put(HEARTBEAT);
      }
      while (isReady() && (missed || position < log.next())) {
        written = putNext();
      }
      if (written && isReady()) {
        out.flush();
      }
    } catch (IOException | RuntimeException e) {
      // Whatever it is, the writer's thread goes on for the other readers.
      end();
    }
  }

  private boolean isReady() {
    return open && !end.isDone() && out.isReady();
  }

  private boolean putNext() throws IOException {
    byte[] frame = missed ? null : log.frame(position);
    if (frame == null) {
      missed = false;
      position = Math.max(position, log.oldest());
      return put(MISSED);
    }
    position++;
    return put(frame);
  }

  private boolean put(byte[] bytes) throws IOException {
    out.write(bytes);
    return true;
  }

  /** Ends the stream. */
  void end() {
    end.complete(null);
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

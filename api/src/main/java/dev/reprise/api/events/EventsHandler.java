package dev.reprise.api.events;

import dev.reprise.api.http.ProblemException;
import dev.reprise.runtime.Deadline;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Handler of the event stream (server-sent events). One thread polls the log and writes new events
 * to every reader, without blocking on any.
 */
public final class EventsHandler implements AutoCloseable {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final Duration POLL = Duration.ofSeconds(1);

  private final EventLog log;
  private final int maxReaders;
  private final Semaphore permits;
  private final Set<EventSubscriber> readers = ConcurrentHashMap.newKeySet();
  private final Thread writer = new Thread(this::writeEvents, "event-writer");
  private volatile boolean closing;

  /**
   * @param maxReaders largest number of concurrent readers
   */
  public EventsHandler(EventLog log, int maxReaders) {
    this.log = log;
    this.maxReaders = maxReaders;
    this.permits = new Semaphore(maxReaders);
    writer.setDaemon(true);
    writer.start();
  }

  /** Returns the current number of readers. */
  public int readers() {
    return maxReaders - permits.availablePermits();
  }

  /** Opens a stream, from after {@code Last-Event-ID} if given. */
  public void open(Context ctx) throws ProblemException, IOException {
    ServletOutputStream out = ctx.res().getOutputStream();
    if (!permits.tryAcquire()) {
      throw ProblemException.unavailable(
          "The limit of " + maxReaders + " concurrent readers of events is reached.");
    }
    String last = ctx.header("Last-Event-ID");
    OptionalLong from = last == null ? OptionalLong.of(log.next()) : log.after(last);
    ctx.res().setContentType("text/event-stream");
    ctx.res().setCharacterEncoding("utf-8");
    ctx.res().setHeader("Cache-Control", "no-cache");
    // nginx would buffer the events.
    ctx.res().setHeader("X-Accel-Buffering", "no");
    if (ctx.method() == HandlerType.HEAD) {
      permits.release();
      return;
    }
    EventSubscriber reader =
        new EventSubscriber(log, out, from.orElse(log.oldest()), from.isEmpty());
    readers.add(reader);
    ctx.future(
        () -> {
          reader.start(ctx.req().getAsyncContext());
          return reader.ended().thenRun(() -> remove(reader));
        });
  }

  private void remove(EventSubscriber reader) {
    readers.remove(reader);
    permits.release();
  }

  private void writeEvents() {
    long position = log.next();
    Deadline nextHeartbeat = Deadline.after(HEARTBEAT);
    try {
      while (!closing) {
        log.awaitAfter(position, POLL);
        long next = log.next();
        boolean heartbeat = nextHeartbeat.hasPassed();
        if (next > position || heartbeat) {
          readers.forEach(reader -> reader.write(heartbeat));
        }
        if (heartbeat) {
          nextHeartbeat = Deadline.after(HEARTBEAT);
        }
        position = next;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing = true;
    writer.interrupt();
    readers.forEach(EventSubscriber::end);
  }
}

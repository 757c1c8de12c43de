package dev.reprise.extractor.pool;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.UnreadableException;
import dev.reprise.extractor.extraction.ClipSink;
import dev.reprise.extractor.extraction.ExtractionBench;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.extraction.ExtractionResult;
import dev.reprise.runtime.Deadline;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The service's side of one decoder process: starts it, sends it one file at a time, serves its
 * read requests, and kills it if it takes too long.
 *
 * <p>Used by one thread at a time, except for {@link #kill} and {@link #close}.
 */
final class DecoderProcess implements AutoCloseable {
  /**
   * Time for the process to report its own deadline, which it checks between packets; a process
   * that takes longer hangs.
   */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration WATCH_INTERVAL = Duration.ofMillis(250);
  private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(5);

  private final DecoderConfig config;
  private final ScheduledExecutorService watchdog;
  private final Process process;
  private final DecoderErrors errors;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final ByteBuffer response = ByteBuffer.allocate(Messages.MAX_READ_BYTES + 5);
  private String version = "";
  private volatile @Nullable String killedBecause;

  private DecoderProcess(DecoderConfig config, ScheduledExecutorService watchdog, Process process) {
    this.config = config;
    this.watchdog = watchdog;
    this.process = process;
    this.errors = DecoderErrors.of(process);
    this.in = new DataInputStream(process.getInputStream());
    this.out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
  }

  /** Starts a decoder process; returns before it is ready. */
  static DecoderProcess start(DecoderConfig config, ScheduledExecutorService watchdog)
      throws IOException {
    DecoderProcess decoder =
        new DecoderProcess(config, watchdog, DecoderCommand.of(config).start());
    try {
      Messages.writeLimits(decoder.out, config.limits());
      decoder.out.flush();
    } catch (IOException e) {
      // It has died, which awaitReady reports.
      decoder.process.destroyForcibly();
    }
    return decoder;
  }

  /**
   * Returns whether the process, between two files, can take the next. An idle process sends
   * nothing: anything there is to read is the report of a JVM that is crashing.
   */
  boolean isUsable() {
    try {
      return process.isAlive() && (version.isEmpty() || in.available() == 0);
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits until the process has loaded FFmpeg, and returns FFmpeg's version. */
  String awaitReady() throws IOException {
    if (version.isEmpty()) {
      try (Watch watch = new Watch(START_TIMEOUT, START_TIMEOUT)) {
        expect(Messages.READY, in.readByte());
        version = in.readUTF();
      } catch (IOException e) {
        throw new IOException("The decoder process did not start: " + awaitCauseOfDeath(), e);
      }
    }
    return version;
  }

  /**
   * Extracts one file.
   *
   * @throws ExtractionException if the file is rejected; the process is ready for the next one
   * @throws DecoderDiedException if the process died, or was killed for exceeding its time
   */
  ExtractionResult extract(AudioInput audio, ClipSink sink)
      throws ExtractionException, DecoderDiedException {
    Conversation conversation = new Conversation(audio.channel(), sink);
    long size = size(audio);
    try (Watch watch =
        new Watch(config.limits().maxDecodeTime().plus(GRACE), config.maxProcessorTime())) {
      send(Messages.EXTRACT, size, audio);
      out.flush();
      expect(Messages.DONE, conversation.run());
      return Messages.readDone(in);
    } catch (IOException e) {
      throw died(conversation, e);
    }
  }

  /** Measures one file; see {@link ExtractionBench#run}. */
  ExtractionBench.Result measure(AudioInput audio, int warmUps, int repeats)
      throws ExtractionException, DecoderDiedException {
    Conversation conversation = new Conversation(audio.channel(), clip -> {});
    long size = size(audio);
    try {
      send(Messages.MEASURE, size, audio);
      out.writeInt(warmUps);
      out.writeInt(repeats);
      out.flush();
      expect(Messages.MEASURED, conversation.run());
      return Messages.readMeasured(in);
    } catch (IOException e) {
      throw died(conversation, e);
    }
  }

  private static long size(AudioInput audio) throws ExtractionException {
    try {
      return audio.channel().size();
    } catch (IOException e) {
      throw new ExtractionException(
          new RejectedException(
              Reason.SOURCE_UNREADABLE, "The audio could not be read: " + e.getMessage(), e),
          0);
    }
  }

  private void send(byte request, long size, AudioInput audio) throws IOException {
    out.writeByte(request);
    out.writeLong(size);
    Messages.writeText(out, audio.fileName());
    Messages.writeText(out, audio.mediaType());
  }

  private static void expect(byte expected, byte actual) throws IOException {
    if (actual != expected) {
      throw new IOException(
          "The decoder process sent message " + actual + " instead of " + expected + ".");
    }
  }

  private DecoderDiedException died(Conversation conversation, IOException e) {
    String cause = awaitCauseOfDeath();
    return new DecoderDiedException(
        new RejectedException(reason(cause), "The decoder process died on this file: " + cause, e),
        conversation.begun);
  }

  /** Returns how the process ended, as one phrase; kills it if it is still running. */
  String awaitCauseOfDeath() {
    if (!awaitExit(EXIT_TIMEOUT)) {
      process.destroyForcibly();
      awaitExit(EXIT_TIMEOUT);
    }
    String killed = killedBecause;
    return killed == null ? errors.causeOfDeath(process.exitValue()) : killed;
  }

  private Reason reason(String cause) {
    if (killedBecause != null) {
      return Reason.DECODE_TIMEOUT;
    }
    return cause.equals(DecoderErrors.OUT_OF_MEMORY)
        ? Reason.DECODER_OUT_OF_MEMORY
        : Reason.DECODER_CRASHED;
  }

  private boolean awaitExit(Duration timeout) {
    try {
      return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  long pid() {
    return process.pid();
  }

  /** Requests the process to exit, which it does unless it is busy. */
  void requestExit() {
    try {
      out.close();
    } catch (IOException e) {
      process.destroyForcibly();
    }
  }

  /** Stops the process, and kills it if it does not exit on its own. */
  @Override
  public void close() {
    requestExit();
    if (!awaitExit(EXIT_TIMEOUT)) {
      process.destroyForcibly();
    }
  }

  /** Kills the process, even in the middle of a file. */
  void kill() {
    process.destroyForcibly();
  }

  /** The messages exchanged about one file. */
  private final class Conversation {
    private final SeekableByteChannel channel;
    private final ClipSink sink;
    private boolean begun;
    private @Nullable RejectedException unreadable;

    Conversation(SeekableByteChannel channel, ClipSink sink) {
      this.channel = channel;
      this.sink = sink;
    }

    /**
     * Serves the process until it sends its result, and returns that message's type; its fields are
     * not read yet.
     */
    byte run() throws IOException, ExtractionException {
      while (true) {
        byte message = in.readByte();
        // A process that crashes while idle leaves the JVM's report here, which begins no file.
        begun |= Messages.isFromDecoder(message);
        switch (message) {
          case Messages.READ -> serveRead(in.readLong(), in.readInt());
          case Messages.CLIP -> sink.accept(Messages.readClip(in));
          case Messages.REJECTED -> throw rejected(Messages.readRejected(in));
          case Messages.INTERNAL_ERROR -> throw new IllegalStateException(in.readUTF());
          default -> {
            return message;
          }
        }
      }
    }

    /** Returns the rejection with the channel's own reason, if reading it failed. */
    private ExtractionException rejected(ExtractionException reported) {
      return unreadable == null
          ? reported
          : new ExtractionException(unreadable, reported.decodedSeconds());
    }

    private void serveRead(long offset, int length) throws IOException {
      response.clear().position(5).limit(5 + length);
      try {
        channel.position(offset);
        while (response.hasRemaining() && channel.read(response) >= 0) {}
      } catch (IOException e) {
        if (e instanceof UnreadableException known) {
          unreadable = known.rejection();
        }
        out.writeByte(Messages.UNREADABLE);
        Messages.writeText(out, String.valueOf(e.getMessage()));
        out.flush();
        return;
      }
      response.flip().put(Messages.BYTES).putInt(response.limit() - 5);
      out.write(response.array(), 0, response.limit());
      out.flush();
    }
  }

  /** Kills the process when one file exceeds its time limits, until closed. */
  private final class Watch implements AutoCloseable {
    private final Deadline deadline;
    private final Duration processorLimit;
    private final Duration processorBefore = processorTime();
    private final ScheduledFuture<?> task;

    Watch(Duration limit, Duration processorLimit) {
      this.deadline = Deadline.after(limit);
      this.processorLimit = processorLimit;
      task =
          watchdog.scheduleAtFixedRate(
              this::check,
              WATCH_INTERVAL.toMillis(),
              WATCH_INTERVAL.toMillis(),
              TimeUnit.MILLISECONDS);
    }

    private void check() {
      if (deadline.hasPassed()) {
        kill("it took longer than " + deadline.limit().toMillis() / 1000.0 + " s.");
      } else if (processorTime().minus(processorBefore).compareTo(processorLimit) > 0) {
        double seconds = processorLimit.toMillis() / 1000.0;
        kill("it took more than " + seconds + " s of processor time.");
      }
    }

    private void kill(String because) {
      if (killedBecause == null) {
        killedBecause = because;
      }
      process.destroyForcibly();
    }

    private Duration processorTime() {
      return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
      task.cancel(false);
    }
  }
}

package dev.reprise.extractor.decode;

import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FORCE;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_SIZE;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXIT;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.runtime.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Gives FFmpeg its only access to bytes: an AVIO context over a channel that Reprise opened.
 *
 * <p>JavaCPP supports at most ten native callbacks per type, fewer than there may be threads. So
 * the process has one callback of each kind; the AVIO's opaque pointer, which is never
 * dereferenced, is the handle by which the callback finds its input.
 *
 * <p>Bytes ahead of the audio ({@link LeadingTags}) are hidden: FFmpeg's position 0 is the first
 * byte of audio.
 *
 * <p>Exceptions must not cross native frames: they are stored, and thrown by {@link #check()}. Owns
 * the AVIO context but not the channel. Not thread-safe.
 */
final class ChannelInput implements NativeScope.Native {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int SEEK_SET = 0;

  private static final Map<Long, ChannelInput> OPEN = new ConcurrentHashMap<>();
  private static final AtomicLong NEXT_HANDLE = new AtomicLong(1);
  private static final Read READ = new Read();
  private static final Seek SEEK = new Seek();

  private final SeekableByteChannel channel;
  private final Deadline deadline;
  private final long start;
  private final long size;
  private final long handle = NEXT_HANDLE.getAndIncrement();
  private final AVIOContext avio;
  private @Nullable IOException failure;
  private boolean closed;

  /**
   * @throws RejectedException if the channel fails, or memory is short
   */
  ChannelInput(SeekableByteChannel channel, Deadline deadline) throws RejectedException {
    this.channel = channel;
    this.deadline = deadline;
    try {
      start = LeadingTags.end(channel);
      size = channel.size() - start;
      channel.position(start);
    } catch (IOException e) {
      throw unreadable(e);
    }
    BytePointer buffer =
        FFmpeg.allocated(new BytePointer(av_malloc(BUFFER_BYTES)), "the input buffer");
    avio = avio_alloc_context(buffer, BUFFER_BYTES, 0, new Handle(handle), READ, null, SEEK);
    if (avio == null || avio.isNull()) {
      av_free(buffer);
      throw FFmpeg.outOfMemory("the input");
    }
    OPEN.put(handle, this);
  }

  AVIOContext avio() {
    return avio;
  }

  /**
   * Throws the failure since the last call, if any.
   *
   * @throws RejectedException if the channel failed or the deadline passed: FFmpeg's own error is a
   *     consequence
   */
  void check() throws RejectedException {
    IOException cause = failure;
    if (cause != null) {
      throw unreadable(cause);
    }
    if (deadline.hasPassed()) {
      throw new RejectedException(
          Reason.DECODE_TIMEOUT,
          "Decoding took longer than " + deadline.limit().toMillis() / 1000.0 + " s.");
    }
  }

  private static RejectedException unreadable(IOException cause) {
    return new RejectedException(
        Reason.SOURCE_UNREADABLE, "The audio could not be read: " + cause.getMessage(), cause);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      OPEN.remove(handle);
      // FFmpeg may have replaced the buffer that it was given.
      av_free(avio.buffer());
      avio_context_free(avio);
    }
  }

  private int read(BytePointer target, int size) {
    if (failure != null || deadline.hasPassed()) {
      return AVERROR_EXIT;
    }
    try {
      ByteBuffer bytes = target.capacity(size).asByteBuffer();
      int count = channel.read(bytes);
      return count > 0 ? count : AVERROR_EOF;
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException e) {
      failure = new IOException(e);
    }
    return FFmpeg.IO_ERROR;
  }

  /**
   * Seeks to a position. One beyond the end, from a damaged or crafted offset, is an error in the
   * file and not in the channel: reads from there return the end of the file.
   */
  private long seek(long offset, int whence) {
    try {
      switch (whence & ~AVSEEK_FORCE) {
        case AVSEEK_SIZE:
          return size;
        case SEEK_SET:
          if (offset < 0) {
            return FFmpeg.IO_ERROR;
          }
          channel.position(start + Math.min(offset, size));
          return offset;
        default:
          return FFmpeg.IO_ERROR;
      }
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException e) {
      failure = new IOException(e);
    }
    return FFmpeg.IO_ERROR;
  }

  /** An opaque handle. */
  private static final class Handle extends Pointer {
    Handle(long handle) {
      address = handle;
    }
  }

  private static final class Read extends Read_packet_Pointer_BytePointer_int {
    @Override
    public int call(Pointer opaque, BytePointer buffer, int size) {
      ChannelInput input = OPEN.get(opaque.address());
      return input == null ? AVERROR_EXIT : input.read(buffer, size);
    }
  }

  private static final class Seek extends Seek_Pointer_long_int {
    @Override
    public long call(Pointer opaque, long offset, int whence) {
      ChannelInput input = OPEN.get(opaque.address());
      return input == null ? AVERROR_EXIT : input.seek(offset, whence);
    }
  }
}

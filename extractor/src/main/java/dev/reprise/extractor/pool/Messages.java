package dev.reprise.extractor.pool;

import dev.reprise.contract.Mark;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioInfo;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.extraction.ExtractionBench;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.extraction.ExtractionResult;
import dev.reprise.extractor.mfcc.Clip;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * The protocol between service and decoder process: a byte for the type of the message, then its
 * fields in the order in which they are written here.
 *
 * <p>The service sends its limits once, and then one request at a time. While it is busy, the
 * decoder requests bytes ({@link #READ}), to which the service responds ({@link #BYTES} or {@link
 * #UNREADABLE}), and sends clips; it ends with {@link #DONE}, {@link #REJECTED} or {@link
 * #INTERNAL_ERROR}. Both run the same build, so there is no version. Stateless.
 */
final class Messages {
  /** To the decoder: a file to extract. */
  static final byte EXTRACT = 1;

  /** To the decoder: a file to measure, and the numbers of rounds. */
  static final byte MEASURE = 2;

  /** To the decoder: the requested bytes, fewer at the file's end. */
  static final byte BYTES = 3;

  /** To the decoder: the source failed. */
  static final byte UNREADABLE = 4;

  /** From the decoder: FFmpeg is loaded. */
  static final byte READY = 5;

  /** From the decoder: an offset and a length. */
  static final byte READ = 6;

  static final byte CLIP = 7;
  static final byte DONE = 8;
  static final byte MEASURED = 9;
  static final byte REJECTED = 10;

  /** From the decoder: the stack trace of an internal error. */
  static final byte INTERNAL_ERROR = 11;

  /** With its header, a response still fits in the 64 KiB of a pipe and is written at once. */
  static final int MAX_READ_BYTES = (64 << 10) - 64;

  private static final int MAX_TEXT_CHARS = 20_000;

  private Messages() {}

  /** Returns whether a byte is the type of a message that a decoder sends. */
  static boolean isFromDecoder(byte type) {
    return type >= READY && type <= INTERNAL_ERROR;
  }

  /**
   * Writes a text, truncated if it is too long; {@code writeUTF} takes 65,535 bytes, at most three
   * for a character.
   */
  static void writeText(DataOutput out, String text) throws IOException {
    out.writeUTF(text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS));
  }

  static void writeLimits(DataOutput out, DecodeLimits limits) throws IOException {
    out.writeLong(limits.maxDuration().toNanos());
    out.writeLong(limits.maxDecodeTime().toNanos());
    out.writeInt(limits.maxChannels());
    out.writeDouble(limits.maxCorruptShare());
  }

  static DecodeLimits readLimits(DataInput in) throws IOException {
    return new DecodeLimits(
        Duration.ofNanos(in.readLong()),
        Duration.ofNanos(in.readLong()),
        in.readInt(),
        in.readDouble());
  }

  static void writeClip(DataOutput out, Clip clip) throws IOException {
    out.writeByte(CLIP);
    out.writeInt(clip.index());
    out.writeInt(clip.frames());
    out.writeDouble(clip.startSeconds());
    out.writeDouble(clip.durationSeconds());
    out.writeInt(clip.coefficients().length);
    ByteBuffer bytes = ByteBuffer.allocate(clip.coefficients().length * Float.BYTES);
    bytes.asFloatBuffer().put(clip.coefficients());
    out.write(bytes.array());
  }

  static Clip readClip(DataInput in) throws IOException {
    int index = in.readInt();
    int frames = in.readInt();
    double startSeconds = in.readDouble();
    double durationSeconds = in.readDouble();
    float[] coefficients = new float[in.readInt()];
    byte[] bytes = new byte[coefficients.length * Float.BYTES];
    in.readFully(bytes);
    ByteBuffer.wrap(bytes).asFloatBuffer().get(coefficients);
    return new Clip(index, frames, coefficients, startSeconds, durationSeconds);
  }

  static void writeDone(DataOutput out, ExtractionResult extraction) throws IOException {
    out.writeByte(DONE);
    out.writeInt(extraction.clipCount());
    out.writeDouble(extraction.decodedSeconds());
    out.writeDouble(extraction.declaredSeconds());
    out.writeInt(extraction.marks().size());
    for (Mark mark : extraction.marks()) {
      out.writeUTF(mark.name());
    }
    out.writeUTF(extraction.audio().container());
    out.writeUTF(extraction.audio().codec());
    out.writeInt(extraction.audio().sampleRateHz());
    out.writeInt(extraction.audio().channels());
    out.writeLong(extraction.decodeTime().toNanos());
    out.writeLong(extraction.mfccTime().toNanos());
  }

  static ExtractionResult readDone(DataInput in) throws IOException {
    return new ExtractionResult(
        in.readInt(),
        in.readDouble(),
        in.readDouble(),
        readMarks(in),
        new AudioInfo(in.readUTF(), in.readUTF(), in.readInt(), in.readInt()),
        Duration.ofNanos(in.readLong()),
        Duration.ofNanos(in.readLong()));
  }

  private static Set<Mark> readMarks(DataInput in) throws IOException {
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    for (int left = in.readInt(); left > 0; left--) {
      marks.add(Mark.valueOf(in.readUTF()));
    }
    return marks;
  }

  static void writeMeasured(DataOutput out, ExtractionBench.Result result) throws IOException {
    out.writeByte(MEASURED);
    out.writeDouble(result.audioSeconds());
    out.writeDouble(result.decodeSeconds());
    out.writeDouble(result.extractSeconds());
  }

  static ExtractionBench.Result readMeasured(DataInput in) throws IOException {
    return new ExtractionBench.Result(in.readDouble(), in.readDouble(), in.readDouble());
  }

  static void writeRejected(DataOutput out, ExtractionException e) throws IOException {
    out.writeByte(REJECTED);
    out.writeUTF(e.rejection().reason().name());
    writeText(out, String.valueOf(e.rejection().getMessage()));
    out.writeDouble(e.decodedSeconds());
  }

  static ExtractionException readRejected(DataInput in) throws IOException {
    RejectedException rejection = new RejectedException(Reason.valueOf(in.readUTF()), in.readUTF());
    return new ExtractionException(rejection, in.readDouble());
  }
}

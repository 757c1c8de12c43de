package dev.reprise.extractor.pool;

import dev.reprise.contract.MfccContract;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.decode.FFmpeg;
import dev.reprise.extractor.extraction.AudioExtractor;
import dev.reprise.extractor.extraction.ExtractionBench;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.mfcc.Clip;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * Runs a decoder process: extracts one file at a time until its standard input ends.
 *
 * <p>It opens neither files nor sockets: bytes come from the service, clips go to it. Started by
 * {@link DecoderProcess} only.
 */
public final class DecoderMain {
  /** Exit status of HotSpot under {@code ExitOnOutOfMemoryError}. */
  static final int OUT_OF_MEMORY = 3;

  private static final int PIPE_BYTES = 64 << 10;

  private final DataInputStream in;
  private final DataOutputStream out;

  private DecoderMain(DataInputStream in, DataOutputStream out) {
    this.in = in;
    this.out = out;
  }

  public static void main(String[] args) throws IOException {
    DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new FileInputStream(FileDescriptor.in), PIPE_BYTES));
    DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), PIPE_BYTES));
    // Standard output carries messages, which anything else printed to it would corrupt.
    System.setOut(System.err);
    exitWithParent();
    new DecoderMain(in, out).serve();
  }

  /**
   * Makes the process exit with the service, so that one that is stuck in a file does not outlive a
   * killed service.
   */
  private static void exitWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
  }

  private void serve() throws IOException {
    DecodeLimits limits = Messages.readLimits(in);
    try (AudioExtractor extractor = new AudioExtractor(MfccContract.current(), limits)) {
      out.writeByte(Messages.READY);
      out.writeUTF(FFmpeg.version());
      out.flush();
      for (int request = in.read(); request >= 0; request = in.read()) {
        AudioInput audio =
            new AudioInput(
                new RequestedChannel(in, out, in.readLong()), in.readUTF(), in.readUTF());
        try {
          if (request == Messages.MEASURE) {
            ExtractionBench bench = new ExtractionBench(extractor, limits);
            Messages.writeMeasured(out, bench.run(audio, in.readInt(), in.readInt()));
          } else {
            Messages.writeDone(out, extractor.extract(audio, this::send));
          }
        } catch (ExtractionException e) {
          Messages.writeRejected(out, e);
        } catch (OutOfMemoryError e) {
          // FFmpeg's memory; for the Java heap, the process has exited already.
          Runtime.getRuntime().halt(OUT_OF_MEMORY);
        } catch (RuntimeException e) {
          out.writeByte(Messages.INTERNAL_ERROR);
          Messages.writeText(out, stackTrace(e));
        }
        out.flush();
      }
    }
  }

  private void send(Clip clip) {
    try {
      Messages.writeClip(out, clip);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stackTrace(RuntimeException e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}

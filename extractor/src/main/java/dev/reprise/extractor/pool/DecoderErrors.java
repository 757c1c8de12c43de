package dev.reprise.extractor.pool;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the standard error of a decoder process, where HotSpot reports why it dies, and reduces it
 * to one phrase. Thread-safe.
 */
final class DecoderErrors {
  /** The cause of death if memory ran out. */
  static final String OUT_OF_MEMORY = "it needs more memory than --max-decoder-memory allows.";

  private static final Logger log = LoggerFactory.getLogger(DecoderErrors.class);
  private static final int SIGNALLED = 128;
  private static final int SIGKILL = 9;
  private static final Pattern SIGNAL = Pattern.compile("#\\s+(SIG[A-Z]+) \\(0x.*");
  private static final Pattern NATIVE_FRAME = Pattern.compile("# C {2}\\[([^+\\]]+).*");
  private static final Pattern MEMORY =
      Pattern.compile("# There is insufficient memory .*|.*java\\.lang\\.OutOfMemoryError.*");

  private final Thread reader;
  private volatile String signal = "";
  private volatile String library = "";
  private volatile boolean outOfMemory;

  private DecoderErrors(Process process) {
    this.reader = new Thread(() -> read(process), "decoder-" + process.pid() + "-errors");
    reader.setDaemon(true);
    reader.start();
  }

  static DecoderErrors of(Process process) {
    return new DecoderErrors(process);
  }

  private void read(Process process) {
    try (BufferedReader lines = process.errorReader(StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.trace("Decoder {}: {}", process.pid(), line);
        parse(line);
      }
    } catch (IOException e) {
      log.debug("The errors of decoder {} ended", process.pid(), e);
    }
  }

  private void parse(String line) {
    Matcher signalled = SIGNAL.matcher(line);
    if (signalled.matches()) {
      signal = signalled.group(1);
    }
    Matcher frame = NATIVE_FRAME.matcher(line);
    if (frame.matches()) {
      library = frame.group(1);
    }
    outOfMemory |= MEMORY.matcher(line).matches();
  }

  /** Returns the cause of death, as a phrase that follows a colon. */
  String causeOfDeath(int exitValue) {
    awaitEnd();
    if (exitValue == DecoderMain.OUT_OF_MEMORY || outOfMemory) {
      return OUT_OF_MEMORY;
    }
    if (!signal.isEmpty()) {
      return signal + (library.isEmpty() ? "." : " in " + library + ".");
    }
    if (exitValue == SIGNALLED + SIGKILL) {
      return "it was killed (SIGKILL), perhaps by the kernel for lack of memory.";
    }
    return exitValue > SIGNALLED
        ? "signal " + (exitValue - SIGNALLED) + "."
        : "it exited with " + exitValue + ".";
  }

  private void awaitEnd() {
    try {
      reader.join(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

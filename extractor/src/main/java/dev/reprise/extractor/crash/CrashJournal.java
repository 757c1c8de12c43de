package dev.reprise.extractor.crash;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which events have taken the process down, and how often.
 *
 * <p>A native crash kills the JVM before it can count anything. But HotSpot's {@code
 * hs_err_<pid>.log} names the thread that crashed, and a decoding thread's name carries its event's
 * coordinates ({@link DecodingThread}). At each start the new logs are read: one whose thread was
 * decoding charges that event, any other death charges nobody, so that neither a deploy nor a full
 * memory sends an innocent event to the dead letters.
 *
 * <p>Thread-safe: the charges do not change after {@link #open}.
 */
public final class CrashJournal {
  /** Charges after which an event is not decoded again. */
  public static final int MAX_CHARGES = 3;

  private static final Logger log = LoggerFactory.getLogger(CrashJournal.class);
  private static final Pattern CRASHED_THREAD =
      Pattern.compile("Current thread \\(.*?\\):\\s+JavaThread \"([^\"]*)\".*");

  private final Properties charges;

  private CrashJournal(Properties charges) {
    this.charges = charges;
  }

  /**
   * Reads the journal in {@code dataDirectory}, and charges the events that the new {@code hs_err}
   * logs there name; each log is renamed so that it is counted once.
   */
  public static CrashJournal open(Path dataDirectory) throws IOException {
    Path file = dataDirectory.resolve("crashes.properties");
    Properties charges = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        charges.load(reader);
      }
    }
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(dataDirectory, "hs_err_*.log")) {
      for (Path hsErr : logs) {
        Optional<String> extraction = crashedExtraction(hsErr);
        if (extraction.isPresent()) {
          charge(charges, extraction.get());
          save(charges, file);
        }
        // A process in a container has the same id at every start, and so its log the same name.
        Files.move(
            hsErr,
            hsErr.resolveSibling(hsErr.getFileName() + ".read"),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return new CrashJournal(charges);
  }

  /** How often decoding the event of this extraction has crashed the process. */
  public int charges(String extractionId) {
    return count(charges, extractionId);
  }

  private static void charge(Properties charges, String extractionId) {
    int count = count(charges, extractionId) + 1;
    charges.setProperty(extractionId, Integer.toString(count));
    log.warn(
        "Decoding the event {} crashed the process ({} of {} times)",
        extractionId,
        count,
        MAX_CHARGES);
  }

  private static int count(Properties charges, String extractionId) {
    return Integer.parseInt(charges.getProperty(extractionId, "0"));
  }

  private static Optional<String> crashedExtraction(Path hsErr) throws IOException {
    // The log of a crash may hold bytes of any kind; ISO-8859-1 reads them all.
    try (Stream<String> lines = Files.lines(hsErr, StandardCharsets.ISO_8859_1)) {
      return lines
          .map(CRASHED_THREAD::matcher)
          .filter(Matcher::matches)
          .findFirst()
          .flatMap(matcher -> DecodingThread.extractionOf(matcher.group(1)));
    }
  }

  private static void save(Properties charges, Path file) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (Writer writer = Files.newBufferedWriter(next)) {
      charges.store(writer, "Native crashes by extraction");
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}

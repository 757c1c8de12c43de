package dev.reprise.api;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A reader's connection that accepts as many writes as the test allows. */
public final class RawConnection extends ServletOutputStream {
  private static final Pattern EVENT = Pattern.compile("event: prediction\nid: .*\ndata: (.*)\n\n");

  private final List<String> writes = new ArrayList<>();
  private int capacity = Integer.MAX_VALUE;
  private boolean broken;

  public void takesAtMost(int count) {
    capacity = count;
  }

  public void breaks() {
    broken = true;
  }

  /**
   * Returns the data of each prediction; {@code missed}, or the stripped text, for other frames.
   */
  public List<String> written() {
    return writes.stream().map(RawConnection::summarise).toList();
  }

  private static String summarise(String frame) {
    Matcher event = EVENT.matcher(frame);
    if (event.matches()) {
      return event.group(1);
    }
    return frame.startsWith("event: missed") ? "missed" : frame.strip();
  }

  @Override
  public boolean isReady() {
    return capacity > 0;
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    if (broken) {
      throw new IOException("Broken pipe");
    }
    writes.add(new String(bytes, StandardCharsets.UTF_8));
    capacity--;
  }

  @Override
  public void write(int oneByte) {
    throw new UnsupportedOperationException("Frames are written whole.");
  }

  @Override
  public void setWriteListener(WriteListener listener) {}
}

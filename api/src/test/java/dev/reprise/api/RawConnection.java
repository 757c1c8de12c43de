package dev.reprise.api;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A reader's connection, which takes as many writes as the test says. */
public final class RawConnection extends ServletOutputStream {
  private static final Pattern EVENT = Pattern.compile("event: prediction\nid: .*\ndata: (.*)\n\n");

  private final List<String> writes = new ArrayList<>();
  private int places = Integer.MAX_VALUE;
  private boolean broken;

  public void takesAtMost(int count) {
    places = count;
  }

  public void breaks() {
    broken = true;
  }

  /** The data of each event; of anything else its first words. */
  public List<String> written() {
    return writes.stream().map(RawConnection::shown).toList();
  }

  private static String shown(String frame) {
    Matcher event = EVENT.matcher(frame);
    if (event.matches()) {
      return event.group(1);
    }
    return frame.startsWith("event: missed") ? "missed" : frame.strip();
  }

  @Override
  public boolean isReady() {
    return places > 0;
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    if (broken) {
      throw new IOException("Broken pipe");
    }
    writes.add(new String(bytes, StandardCharsets.UTF_8));
    places--;
  }

  @Override
  public void write(int oneByte) {
    throw new UnsupportedOperationException("Frames are written whole.");
  }

  @Override
  public void setWriteListener(WriteListener listener) {}
}

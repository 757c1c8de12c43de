package dev.reprise.api.audio;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request body that arrives when the test says so, and notifies its listener as a server. */
final class ArrivingBody extends ServletInputStream {
  private ByteArrayInputStream available = new ByteArrayInputStream(new byte[0]);
  private boolean finished;
  private @Nullable ReadListener listener;

  void arrives(byte[] bytes, int offset, int length) throws IOException {
    available = new ByteArrayInputStream(bytes, offset, length);
    listener().onDataAvailable();
  }

  void ends() throws IOException {
    finished = true;
    listener().onAllDataRead();
  }

  void breaks(Throwable failure) {
    listener().onError(failure);
  }

  private ReadListener listener() {
    return Objects.requireNonNull(listener);
  }

  @Override
  public void setReadListener(ReadListener newListener) {
    listener = newListener;
  }

  @Override
  public boolean isReady() {
    return available.available() > 0;
  }

  @Override
  public boolean isFinished() {
    return finished;
  }

  @Override
  public int read() {
    return available.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    return available.read(bytes, offset, length);
  }
}

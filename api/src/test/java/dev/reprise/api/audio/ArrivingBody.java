package dev.reprise.api.audio;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request's body that comes when the test says so, as the server would tell its listener. */
final class ArrivingBody extends ServletInputStream {
  private ByteArrayInputStream there = new ByteArrayInputStream(new byte[0]);
  private boolean finished;
  private @Nullable ReadListener listener;

  void arrives(byte[] bytes, int at, int length) throws IOException {
    there = new ByteArrayInputStream(bytes, at, length);
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
    return there.available() > 0;
  }

  @Override
  public boolean isFinished() {
    return finished;
  }

  @Override
  public int read() {
    return there.read();
  }

  @Override
  public int read(byte[] bytes, int at, int length) {
    return there.read(bytes, at, length);
  }
}

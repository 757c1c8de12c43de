package dev.reprise.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EventLogTest {
  private static final int CAPACITY = 4;

  /** Elapses only if a test fails. */
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final EventLog log = new EventLog(CAPACITY);

  @Test
  void framesAServerSentEvent() {
    log.append("prediction", "{\"track_id\":\"2\"}");
    assertThat(text(0))
        .matches("event: prediction\nid: [0-9a-f]{16}-0\ndata: \\{\"track_id\":\"2\"}\n\n");
  }

  @Test
  void writesUtf8() {
    log.append("prediction", "{\"track_id\":\"Größe\"}");
    assertThat(text(0)).contains("Größe");
  }

  @Test
  void numbersEventsFromZero() {
    append(3);
    assertThat(log.oldest()).isZero();
    assertThat(log.next()).isEqualTo(3);
    assertThat(text(2)).contains("-2\ndata: 2\n");
  }

  @Test
  void keepsTheLatest() {
    append(CAPACITY + 2);
    assertThat(log.oldest()).isEqualTo(2);
    assertThat(log.frame(1)).isNull();
    assertThat(text(2)).contains("data: 2\n");
    assertThat(text(5)).contains("data: 5\n");
  }

  @Test
  void hasNoFrameOfAFutureEvent() {
    append(1);
    assertThat(log.frame(1)).isNull();
  }

  @Test
  void resumesAfterAKeptEvent() {
    append(3);
    assertThat(log.after(id(1))).hasValue(2);
  }

  @Test
  void resumesAfterTheLastEvent() {
    append(3);
    assertThat(log.after(id(2))).hasValue(3);
  }

  @Test
  void resumesAtTheOldestKeptEvent() {
    append(1);
    String first = id(0);
    append(CAPACITY);
    assertThat(log.oldest()).isEqualTo(1);
    assertThat(log.after(first)).hasValue(1);
  }

  @Test
  void cannotResumeIfTheNextEventIsEvicted() {
    append(1);
    String first = id(0);
    append(CAPACITY + 1);
    assertThat(log.after(first)).isEmpty();
  }

  @Test
  void cannotResumeAfterAnEventOfADifferentLog() {
    append(1);
    EventLog other = new EventLog(CAPACITY);
    other.append("prediction", "0");
    assertThat(other.after(id(0))).isEmpty();
  }

  @Test
  void cannotResumeAfterAnInvalidId() {
    append(1);
    String epoch = id(0).split("-")[0];
    assertThat(log.after("")).isEmpty();
    assertThat(log.after("0")).isEmpty();
    assertThat(log.after(epoch)).isEmpty();
    assertThat(log.after(epoch + "-1")).isEmpty();
    assertThat(log.after(epoch + "--1")).isEmpty();
    assertThat(log.after(epoch + "-99999999999999999999")).isEmpty();
  }

  @Test
  void doesNotWaitForAnExistingEvent() throws InterruptedException {
    append(1);
    log.awaitAfter(0, TIMEOUT);
    assertThat(log.next()).isEqualTo(1);
  }

  @Test
  void wakesWaitingThreads() throws InterruptedException {
    Thread appending = new Thread(() -> log.append("prediction", "0"));
    appending.start();
    log.awaitAfter(0, TIMEOUT);
    assertThat(log.next()).isEqualTo(1);
    appending.join();
  }

  private void append(int count) {
    for (int i = 0; i < count; i++) {
      log.append("prediction", Long.toString(log.next()));
    }
  }

  private String id(long number) {
    return text(number).lines().toList().get(1).substring("id: ".length());
  }

  private String text(long number) {
    return new String(Objects.requireNonNull(log.frame(number)), StandardCharsets.UTF_8);
  }
}

package dev.reprise.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.RawConnection;
import org.junit.jupiter.api.Test;

class EventSubscriberTest {
  private static final int CAPACITY = 4;
  private static final String HEARTBEAT = ": still here";

  private final EventLog log = new EventLog(CAPACITY);
  private final RawConnection connection = new RawConnection();

  @Test
  void writesAHeartbeatFirst() {
    reader(0, false).onWritePossible();
    assertThat(connection.written()).containsExactly(HEARTBEAT);
  }

  @Test
  void writesNothingBeforeTheStreamIsWritable() {
    append(1);
    EventSubscriber reader = reader(0, false);
    reader.write(true);
    assertThat(connection.written()).isEmpty();
    reader.onWritePossible();
    assertThat(connection.written()).containsExactly(HEARTBEAT, "0");
  }

  @Test
  void writesEventsOnceAndInOrder() {
    EventSubscriber reader = reader(0, false);
    reader.onWritePossible();
    append(2);
    reader.write(false);
    append(1);
    reader.write(false);
    reader.onWritePossible();
    assertThat(connection.written()).containsExactly(HEARTBEAT, "0", "1", "2");
  }

  @Test
  void startsAtTheGivenPosition() {
    append(3);
    reader(2, false).onWritePossible();
    assertThat(connection.written()).containsExactly(HEARTBEAT, "2");
  }

  @Test
  void doesNotBlockWhileItsConnectionIsFull() {
    EventSubscriber reader = reader(0, false);
    reader.onWritePossible();
    connection.takesAtMost(1);
    append(3);
    reader.write(false);
    reader.write(true);
    assertThat(connection.written()).containsExactly(HEARTBEAT, "0");
    connection.takesAtMost(Integer.MAX_VALUE);
    reader.onWritePossible();
    assertThat(connection.written()).containsExactly(HEARTBEAT, "0", "1", "2");
  }

  @Test
  void reportsEventsThatASlowReaderMissed() {
    EventSubscriber reader = reader(0, false);
    reader.onWritePossible();
    connection.takesAtMost(0);
    append(CAPACITY + 2);
    reader.write(false);
    connection.takesAtMost(Integer.MAX_VALUE);
    reader.onWritePossible();
    assertThat(connection.written()).containsExactly(HEARTBEAT, "missed", "2", "3", "4", "5");
  }

  @Test
  void reportsEventsMissedBeforeItConnected() {
    append(CAPACITY + 1);
    reader(log.oldest(), true).onWritePossible();
    assertThat(connection.written()).containsExactly(HEARTBEAT, "missed", "1", "2", "3", "4");
  }

  @Test
  void writesHeartbeats() {
    EventSubscriber reader = reader(0, false);
    reader.onWritePossible();
    reader.write(true);
    assertThat(connection.written()).containsExactly(HEARTBEAT, HEARTBEAT);
  }

  @Test
  void endsWhenItsConnectionBreaks() {
    EventSubscriber reader = reader(0, false);
    reader.onWritePossible();
    connection.breaks();
    append(1);
    reader.write(false);
    assertThat(reader.ended()).isCompleted();
  }

  private EventSubscriber reader(long position, boolean missed) {
    return new EventSubscriber(log, connection, position, missed);
  }

  private void append(int count) {
    for (int i = 0; i < count; i++) {
      log.append("prediction", Long.toString(log.next()));
    }
  }
}

package dev.reprise.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.reprise.api.v1.DeadLetter;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentDeadLettersTest {
  private final RecentDeadLetters deadLetters = new RecentDeadLetters(3);

  private void add(long millis, String source) {
    deadLetters.add(
        DeadLetter.newBuilder().setTime(Timestamps.fromMillis(millis)).setSource(source).build());
  }

  private List<String> sources() {
    return deadLetters.list().getDeadLettersList().stream().map(DeadLetter::getSource).toList();
  }

  @Test
  void keepsTheNewestInAnyOrderOfArrival() {
    assertThat(sources()).isEmpty();
    add(5_000, "p0-0");
    add(9_000, "p0-1");
    add(1_000, "p1-0");
    add(7_000, "p1-1");
    add(500, "p2-0");
    assertThat(sources()).containsExactly("p0-1", "p1-1", "p0-0");
    add(7_123, "p2-1");
    assertThat(sources()).containsExactly("p0-1", "p2-1", "p1-1");
  }

  @Test
  void sortsTheSameTimeBySource() {
    add(1, "b");
    add(1, "c");
    add(1, "a");
    add(1, "a");
    assertThat(sources()).containsExactly("a", "a", "b");
  }
}

package dev.reprise.extractor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RangeChannelTest {
  private static final int BLOCK = RangeChannel.BLOCK_BYTES;

  /** An object in memory, and what was fetched of it. */
  private static final class Store {
    private final byte[] object;
    private int requests;
    private long fetched;

    Store(int length) {
      object = new byte[length];
      new Random(length).nextBytes(object);
    }

    RangeChannel open() {
      byte[] first = fetch(0, Math.min(RangeChannel.firstRangeBytes(), object.length));
      return new RangeChannel(this::fetch, first, object.length);
    }

    private byte[] fetch(long start, int length) {
      requests++;
      fetched += length;
      return Arrays.copyOfRange(object, (int) start, (int) start + length);
    }
  }

  @Property(tries = 40)
  void seeksReadTheSameAsTheObject(
      @ForAll @IntRange(min = 1, max = 40 * BLOCK) int length,
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 41 * BLOCK) Integer> positions)
      throws IOException {
    Store store = new Store(length);
    try (RangeChannel channel = store.open()) {
      for (int position : positions) {
        ByteBuffer target = ByteBuffer.allocate(70_000);
        int count = channel.position(position).read(target);
        if (position >= length) {
          assertThat(count).isEqualTo(-1);
        } else {
          assertThat(count).isPositive();
          assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(store.object, position, count));
        }
      }
    }
  }

  @Test
  void aSmallObjectTakesOneRequest() throws IOException {
    Store store = new Store(5 * BLOCK + 1);
    readAll(store.open());
    assertThat(store.requests).isEqualTo(1);
  }

  @Test
  void sequentialReadingFetchesEveryByteOnceInLongRanges() throws IOException {
    Store store = new Store(100 * BLOCK + 1);
    readAll(store.open());
    assertThat(store.fetched).isEqualTo(store.object.length);
    assertThat(store.requests).isEqualTo(13);
  }

  @Test
  void anIndexAtTheEndTakesOneBlock() throws IOException {
    Store store = new Store(100 * BLOCK + 1000);
    RangeChannel channel = store.open();
    channel.position(store.object.length - 128).read(ByteBuffer.allocate(128));
    channel.position(store.object.length - 160).read(ByteBuffer.allocate(32));
    channel.position(0).read(ByteBuffer.allocate(1000));
    assertThat(store.requests).isEqualTo(2);
    assertThat(store.fetched).isEqualTo(8 * BLOCK + 1000);
  }

  @Test
  void memoryIsBounded() throws Exception {
    Store store = new Store(60 * BLOCK);
    RangeChannel channel = store.open();
    readAll(channel);
    int before = store.requests;
    for (int block = 59; block > 59 - RangeChannel.MAX_CACHED_BLOCKS; block--) {
      channel.position((long) block * BLOCK).read(ByteBuffer.allocate(1));
    }
    assertThat(store.requests).isEqualTo(before);
    long oldest = 59 - RangeChannel.MAX_CACHED_BLOCKS;
    channel.position(oldest * BLOCK).read(ByteBuffer.allocate(1));
    assertThat(store.requests).isEqualTo(before + 1);
  }

  @Test
  void aShortRangeIsAnError() {
    RangeChannel channel =
        new RangeChannel((start, length) -> new byte[1], new byte[BLOCK], 2L * BLOCK);
    assertThatThrownBy(() -> channel.position(BLOCK).read(ByteBuffer.allocate(1)))
        .isInstanceOf(IOException.class)
        .hasMessage("1 bytes were sent instead of 1048576");
  }

  @Test
  void aClosedChannelCannotBeRead() {
    RangeChannel channel = new Store(1).open();
    channel.close();
    assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedChannelException.class);
  }

  private static void readAll(RangeChannel channel) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(64 * 1024);
    while (channel.read(target.clear()) >= 0) {}
  }
}

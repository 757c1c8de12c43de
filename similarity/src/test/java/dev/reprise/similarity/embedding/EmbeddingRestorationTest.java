package dev.reprise.similarity.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.similarity.table.Metric;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an index keeps from one run to the next. */
class EmbeddingRestorationTest {
  private static final String MODEL = "cnn@1.0.0";
  private static final int TRACKS = 300;

  @TempDir Path temp;
  private Path folder;
  private EmbeddingIndex index;
  private final Random random = new Random(1);

  /** What the stream says, of the one model. */
  private final Map<String, float[]> stream = new HashMap<>();

  @BeforeEach
  void open() {
    folder = temp.resolve("0");
    index = EmbeddingIndex.open(folder);
    for (int i = 0; i < TRACKS; i++) {
      stream.put("track" + i, vector());
    }
    readAgain();
    index.restored();
  }

  @AfterEach
  void close() {
    index.close();
  }

  private float[] vector() {
    float[] vector = new float[4];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private float[] streamed(String id) {
    return Objects.requireNonNull(stream.get(id));
  }

  /** In another order each time. */
  private void readAgain() {
    List<String> ids = new ArrayList<>(stream.keySet());
    Collections.shuffle(ids, random);
    ids.forEach(id -> index.put(id, MODEL, streamed(id)));
  }

  private void restart() {
    index.close();
    index = EmbeddingIndex.open(folder);
  }

  /** Goes on with the files as they are, without a word to the index that wrote them. */
  private void kill() throws IOException {
    Path copy = copy();
    index.close();
    folder = copy;
    index = EmbeddingIndex.open(folder);
  }

  private Path copy() throws IOException {
    Path copy = Files.createTempDirectory(temp, "copy");
    for (Path file : files(folder)) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
    return copy;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** Whatever is written makes a new file, and each commit one of another name. */
  private Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    files(folder).forEach(it -> names.add(it.getFileName().toString()));
    names.remove(IndexWriter.WRITE_LOCK_NAME);
    return names;
  }

  private void assertAsTheStream() {
    assertThat(index.size()).isEqualTo(stream.size());
    stream.forEach(
        (id, vector) -> {
          Embedding embedding = index.get(id).orElseThrow();
          assertThat(embedding.model()).isEqualTo(MODEL);
          assertThat(embedding.vector()).containsExactly(vector);
        });
  }

  @Test
  void whatIsThereIsNotWrittenAgain() throws Exception {
    NearestEmbeddings before = index.nearest("track7", Metric.COSINE, 5).orElseThrow();
    restart();
    Set<String> files = names();
    readAgain();
    index.restored();
    assertThat(index.nearest("track7", Metric.COSINE, 5)).contains(before);
    assertAsTheStream();
    index.close();
    assertThat(names()).isEqualTo(files).anyMatch(it -> it.startsWith("segments_"));
  }

  /** As a topic that was not compacted yet has them. */
  @Test
  void earlierRecordsOfATrackCostNothing() throws Exception {
    restart();
    Set<String> files = names();
    stream.keySet().forEach(id -> index.put(id, MODEL, vector()));
    index.remove("track3");
    readAgain();
    index.restored();
    index.close();
    assertThat(names()).isEqualTo(files);
  }

  @Test
  void whatChangedIsReplaced() {
    restart();
    stream.put("track3", vector());
    stream.put("new", vector());
    readAgain();
    index.restored();
    assertAsTheStream();
    restart();
    assertAsTheStream();
  }

  @Test
  void whatTheStreamHasNoMoreIsRemoved() {
    restart();
    stream.remove("track5");
    readAgain();
    stream.remove("track4");
    index.remove("track4");
    index.restored();
    assertAsTheStream();
    restart();
    assertAsTheStream();
    assertThat(index.nearest("track6", Metric.EUCLIDEAN, TRACKS).orElseThrow().matches())
        .hasSize(TRACKS - 3);
  }

  @Test
  void anotherModelsEmbeddingIsAnother() {
    restart();
    readAgain();
    index.put("track3", "cnn@2.0.0", streamed("track3"));
    index.restored();
    assertThat(index.size()).isEqualTo(TRACKS);
    assertThat(index.get("track3").orElseThrow().model()).isEqualTo("cnn@2.0.0");
    assertThat(index.nearest("track3", Metric.COSINE, 5).orElseThrow().compared()).isZero();
  }

  /** Of each file a bit, and then the half. */
  @Test
  void aDamagedIndexIsDiscarded() throws Exception {
    index.close();
    assertThat(names()).hasSizeGreaterThan(3);
    for (String name : names()) {
      for (boolean isCut : new boolean[] {false, true}) {
        Path copy = copy();
        damage(copy.resolve(name), isCut);
        try (EmbeddingIndex damaged = EmbeddingIndex.open(copy)) {
          assertThat(damaged.size()).as(name).isZero();
        }
      }
    }
  }

  @Test
  void aDiscardedIndexIsBuiltAnew() throws Exception {
    index.close();
    for (String name : names()) {
      damage(folder.resolve(name), true);
    }
    index = EmbeddingIndex.open(folder);
    readAgain();
    index.restored();
    assertAsTheStream();
    restart();
    assertAsTheStream();
  }

  private static void damage(Path path, boolean isCut) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      long middle = file.length() / 2;
      if (isCut) {
        file.setLength(middle);
      } else {
        file.seek(middle);
        int value = file.read();
        file.seek(middle);
        file.write(value ^ 1);
      }
    }
  }

  @Test
  void anIndexOfAnotherLayoutIsDiscarded() throws Exception {
    index.close();
    try (Directory directory = FSDirectory.open(folder);
        IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
      writer.setLiveCommitData(Map.of("layout", "0").entrySet());
    }
    index = EmbeddingIndex.open(folder);
    assertThat(index.size()).isZero();
  }

  @Test
  void anIndexInUseIsLeftAlone() {
    assertThatThrownBy(() -> EmbeddingIndex.open(folder)).isInstanceOf(UncheckedIOException.class);
    assertAsTheStream();
  }

  @Test
  void whoeverIsKilledHasTheLastCommit() throws Exception {
    Map<String, float[]> committed = new HashMap<>(stream);
    for (int i = 0; i < 50; i++) {
      put("track" + 5 * i, vector());
    }
    index.remove("track1");
    stream.remove("track1");
    // Files of what is not committed.
    index.refresh();
    kill();
    assertThat(index.size()).isEqualTo(TRACKS);
    committed.forEach(
        (id, vector) -> assertThat(index.get(id).orElseThrow().vector()).containsExactly(vector));
    readAgain();
    index.restored();
    assertAsTheStream();
  }

  @Test
  void whoeverIsKilledBeforeTheFirstCommitHasNothing() throws Exception {
    index.close();
    folder = Files.createDirectory(temp.resolve("empty"));
    index = EmbeddingIndex.open(folder);
    readAgain();
    kill();
    assertThat(index.size()).isZero();
    readAgain();
    index.restored();
    assertAsTheStream();
  }

  @Test
  void whatIsPutLaterIsThereAfterARestartAsWell() {
    put("track3", vector());
    put("new", vector());
    restart();
    assertAsTheStream();
  }

  @Test
  void manyChangesAreCommitted() throws Exception {
    index.put("last", MODEL, vector());
    for (int i = 1; i < EmbeddingWriter.CHANGES_PER_COMMIT; i++) {
      index.remove("nobody");
    }
    kill();
    assertThat(index.get("last")).isPresent();
  }

  /** Puts and removals while the difference is written, of what was there as well. */
  @Test
  void recordsGoOnMeanwhile() {
    Map<String, float[]> original = new HashMap<>(stream);
    for (int round = 0; round < 3; round++) {
      restart();
      for (int i = 0; i < 5 * TRACKS; i += 2) {
        stream.put("track" + i, vector());
      }
      readAgain();
      CompletableFuture<Void> restored = CompletableFuture.runAsync(index::restored);
      for (int i = 0; i < 500 || !restored.isDone(); i++) {
        change("track" + random.nextInt(5 * TRACKS), original);
      }
      restored.join();
      assertAsTheStream();
    }
  }

  private void change(String id, Map<String, float[]> original) {
    switch (random.nextInt(4)) {
      case 0 -> {
        stream.remove(id);
        index.remove(id);
      }
      case 1 -> put(id, original.getOrDefault(id, vector()));
      default -> put(id, vector());
    }
  }

  private void put(String id, float[] vector) {
    stream.put(id, vector);
    index.put(id, MODEL, vector);
  }

  /** Starts, ends of both kinds and changes at random. */
  @Test
  void anyHistoryEndsAsTheStreamDoes() throws Exception {
    for (int run = 0; run < 10; run++) {
      Map<String, float[]> original = new HashMap<>(stream);
      int changes = random.nextInt(60);
      for (int i = 0; i < changes; i++) {
        change("track" + random.nextInt(TRACKS), original);
      }
      if (random.nextBoolean()) {
        kill();
      } else {
        restart();
      }
      stream.keySet().removeIf(id -> random.nextInt(50) == 0);
      stream.replaceAll((id, vector) -> random.nextInt(50) == 0 ? vector() : vector);
      readAgain();
      if (random.nextInt(4) == 0) {
        kill();
        readAgain();
      }
      index.restored();
      assertAsTheStream();
    }
  }
}

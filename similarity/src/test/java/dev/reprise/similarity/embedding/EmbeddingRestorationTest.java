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

/** Restoration of an index from its files and a replayed stream. */
class EmbeddingRestorationTest {
  private static final String MODEL = "cnn@1.0.0";
  private static final int TRACKS = 300;

  @TempDir Path temp;
  private Path folder;
  private EmbeddingIndex index;
  private final Random random = new Random(1);

  /** The embeddings on the stream, all of one model, by track id. */
  private final Map<String, float[]> stream = new HashMap<>();

  @BeforeEach
  void open() {
    folder = temp.resolve("0");
    index = EmbeddingIndex.open(folder);
    for (int i = 0; i < TRACKS; i++) {
      stream.put("track" + i, vector());
    }
    replay();
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

  /** Puts all embeddings of the stream, in random order. */
  private void replay() {
    List<String> ids = new ArrayList<>(stream.keySet());
    Collections.shuffle(ids, random);
    ids.forEach(id -> index.put(id, MODEL, streamed(id)));
  }

  private void restart() {
    index.close();
    index = EmbeddingIndex.open(folder);
  }

  /** Simulates a kill: continues with a copy of the files, taken before the index is closed. */
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

  /** Returns the names of the files: every write creates a file, and every commit a new name. */
  private Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    files(folder).forEach(it -> names.add(it.getFileName().toString()));
    names.remove(IndexWriter.WRITE_LOCK_NAME);
    return names;
  }

  private void assertMatchesStream() {
    assertThat(index.size()).isEqualTo(stream.size());
    stream.forEach(
        (id, vector) -> {
          Embedding embedding = index.get(id).orElseThrow();
          assertThat(embedding.model()).isEqualTo(MODEL);
          assertThat(embedding.vector()).containsExactly(vector);
        });
  }

  @Test
  void unchangedEmbeddingsAreNotRewritten() throws Exception {
    NearestEmbeddings before = index.nearest("track7", Metric.COSINE, 5).orElseThrow();
    restart();
    Set<String> files = names();
    replay();
    index.restored();
    assertThat(index.nearest("track7", Metric.COSINE, 5)).contains(before);
    assertMatchesStream();
    index.close();
    assertThat(names()).isEqualTo(files).anyMatch(it -> it.startsWith("segments_"));
  }

  /** A topic that has not been compacted yet has several records of a track. */
  @Test
  void supersededRecordsAreNotWritten() throws Exception {
    restart();
    Set<String> files = names();
    stream.keySet().forEach(id -> index.put(id, MODEL, vector()));
    index.remove("track3");
    replay();
    index.restored();
    index.close();
    assertThat(names()).isEqualTo(files);
  }

  @Test
  void changedEmbeddingsAreReplaced() {
    restart();
    stream.put("track3", vector());
    stream.put("new", vector());
    replay();
    index.restored();
    assertMatchesStream();
    restart();
    assertMatchesStream();
  }

  @Test
  void embeddingsMissingFromTheStreamAreRemoved() {
    restart();
    stream.remove("track5");
    replay();
    stream.remove("track4");
    index.remove("track4");
    index.restored();
    assertMatchesStream();
    restart();
    assertMatchesStream();
    assertThat(index.nearest("track6", Metric.EUCLIDEAN, TRACKS).orElseThrow().matches())
        .hasSize(TRACKS - 3);
  }

  @Test
  void embeddingOfAnotherModelIsReplaced() {
    restart();
    replay();
    index.put("track3", "cnn@2.0.0", streamed("track3"));
    index.restored();
    assertThat(index.size()).isEqualTo(TRACKS);
    assertThat(index.get("track3").orElseThrow().model()).isEqualTo("cnn@2.0.0");
    assertThat(index.nearest("track3", Metric.COSINE, 5).orElseThrow().compared()).isZero();
  }

  /** Flips a bit of each file, then truncates each file to half. */
  @Test
  void corruptIndexIsDiscarded() throws Exception {
    index.close();
    assertThat(names()).hasSizeGreaterThan(3);
    for (String name : names()) {
      for (boolean truncates : new boolean[] {false, true}) {
        Path copy = copy();
        corrupt(copy.resolve(name), truncates);
        try (EmbeddingIndex corrupt = EmbeddingIndex.open(copy)) {
          assertThat(corrupt.size()).as(name).isZero();
        }
      }
    }
  }

  @Test
  void discardedIndexIsRebuilt() throws Exception {
    index.close();
    for (String name : names()) {
      corrupt(folder.resolve(name), true);
    }
    index = EmbeddingIndex.open(folder);
    replay();
    index.restored();
    assertMatchesStream();
    restart();
    assertMatchesStream();
  }

  private static void corrupt(Path path, boolean truncates) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      long middle = file.length() / 2;
      if (truncates) {
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
  void indexOfAnotherLayoutIsDiscarded() throws Exception {
    index.close();
    try (Directory directory = FSDirectory.open(folder);
        IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
      writer.setLiveCommitData(Map.of("layout", "0").entrySet());
    }
    index = EmbeddingIndex.open(folder);
    assertThat(index.size()).isZero();
  }

  @Test
  void indexInUseIsNotChanged() {
    assertThatThrownBy(() -> EmbeddingIndex.open(folder)).isInstanceOf(UncheckedIOException.class);
    assertMatchesStream();
  }

  @Test
  void killedIndexHasTheLastCommit() throws Exception {
    Map<String, float[]> committed = new HashMap<>(stream);
    for (int i = 0; i < 50; i++) {
      put("track" + 5 * i, vector());
    }
    index.remove("track1");
    stream.remove("track1");
    // Writes files that are not committed.
    index.refresh();
    kill();
    assertThat(index.size()).isEqualTo(TRACKS);
    committed.forEach(
        (id, vector) -> assertThat(index.get(id).orElseThrow().vector()).containsExactly(vector));
    replay();
    index.restored();
    assertMatchesStream();
  }

  @Test
  void indexKilledBeforeTheFirstCommitIsEmpty() throws Exception {
    index.close();
    folder = Files.createDirectory(temp.resolve("empty"));
    index = EmbeddingIndex.open(folder);
    replay();
    kill();
    assertThat(index.size()).isZero();
    replay();
    index.restored();
    assertMatchesStream();
  }

  @Test
  void putsAfterTheRestorationSurviveARestart() {
    put("track3", vector());
    put("new", vector());
    restart();
    assertMatchesStream();
  }

  @Test
  void manyChangesAreCommitted() throws Exception {
    index.put("last", MODEL, vector());
    for (int i = 1; i < EmbeddingWriter.CHANGES_PER_COMMIT; i++) {
      index.remove("unknown");
    }
    kill();
    assertThat(index.get("last")).isPresent();
  }

  /** Puts and removals, also of earlier embeddings, while the differences are written. */
  @Test
  void changesContinueDuringTheRestoration() {
    Map<String, float[]> original = new HashMap<>(stream);
    for (int round = 0; round < 3; round++) {
      restart();
      for (int i = 0; i < 5 * TRACKS; i += 2) {
        stream.put("track" + i, vector());
      }
      replay();
      CompletableFuture<Void> restored = CompletableFuture.runAsync(index::restored);
      for (int i = 0; i < 500 || !restored.isDone(); i++) {
        change("track" + random.nextInt(5 * TRACKS), original);
      }
      restored.join();
      assertMatchesStream();
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

  /** Random starts, closes, kills and changes. */
  @Test
  void anyHistoryEndsLikeTheStream() throws Exception {
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
      replay();
      if (random.nextInt(4) == 0) {
        kill();
        replay();
      }
      index.restored();
      assertMatchesStream();
    }
  }
}

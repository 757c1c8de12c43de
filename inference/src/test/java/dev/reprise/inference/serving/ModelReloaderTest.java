package dev.reprise.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.reprise.contract.Role;
import dev.reprise.contract.v1.ModelReference;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelFile;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.ModelOutput;
import dev.reprise.inference.model.ModelRepository;
import dev.reprise.inference.model.Scorer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Reloading of models. A file's text stands for the model; "broken" is not a model. */
class ModelReloaderTest {
  @TempDir Path root;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Path> loads = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();

  @Test
  void aNewerVersionTakesOver() throws Exception {
    write("1.0.0", "one");
    ModelReloader reloader = start("cnn");
    reloader.poll();
    assertThat(loads).hasSize(1);

    write("1.1.0", "two");
    write("0.9.0", "older");
    reloader.poll();
    assertThat(serving(reloader)).isEqualTo("two");
    reloader.poll();
    assertThat(loads).hasSize(2);
    assertThat(reloads("loaded")).isEqualTo(1);
    assertThat(reloads("failed")).isZero();
  }

  @Test
  void changedBytesOfTheSameVersionTakeOver() throws Exception {
    Path file = write("1.0.0", "one");
    ModelReloader reloader = start("cnn");
    Files.writeString(file, "another");
    reloader.poll();
    assertThat(serving(reloader)).isEqualTo("another");
  }

  @Test
  void theSameBytesWithADifferentTimeAreNotLoadedAgain() throws Exception {
    Path file = write("1.0.0", "one");
    ModelReloader reloader = start("cnn");
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    reloader.poll();
    write("1.0.1", "one");
    reloader.poll();
    assertThat(loads).hasSize(1);
    assertThat(reloads("loaded")).isZero();
  }

  @Test
  void aDifferentFileOfTheSameSizeAndTimeIsDetected() throws Exception {
    Path file = write("1.0.0", "one");
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    ModelReloader reloader = start("cnn");
    Path part = Files.writeString(root.resolve("part"), "two");
    Files.setLastModifiedTime(part, FileTime.fromMillis(0));
    Files.delete(file);
    Files.move(part, file);
    reloader.poll();
    assertThat(serving(reloader)).isEqualTo("two");
  }

  @Test
  void aBrokenFileIsNotRetriedUntilItChanges() throws Exception {
    write("1.0.0", "one");
    ModelReloader reloader = start("cnn");
    Path half = write("2.0.0", "broken");
    ListAppender<ILoggingEvent> log = captureLog();
    reloader.poll();
    reloader.poll();
    reloader.poll();
    assertThat(log.list).hasSize(1);
    assertThat(log.list.get(0).getFormattedMessage())
        .matches("It is broken\\. Model cnn one \\([0-9a-f]{8}\\) stays in service\\.");
    assertThat(log.list.get(0).getThrowableProxy()).isNull();
    assertThat(serving(reloader)).isEqualTo("one");
    assertThat(Collections.frequency(loads, half)).isEqualTo(1);
    assertThat(reloads("failed")).isEqualTo(1);

    Files.writeString(half, "whole");
    reloader.poll();
    assertThat(serving(reloader)).isEqualTo("whole");
    assertThat(reloads("loaded")).isEqualTo(1);
  }

  @Test
  void anInternalErrorWhileLoadingKeepsTheOldModel() throws Exception {
    write("1.0.0", "one");
    ModelReloader reloader = start("cnn");
    for (String failure : List.of("bug", "too large")) {
      write("2.0.0", failure);
      reloader.poll();
      reloader.poll();
      assertThat(serving(reloader)).isEqualTo("one");
    }
    assertThat(reloads("failed")).isEqualTo(2);
    assertThat(loads).hasSize(3);
  }

  @Test
  void theModelStaysInServiceWhenItsFileIsDeleted() throws Exception {
    Path file = write("1.0.0", "one");
    ModelReloader reloader = start("cnn");
    Files.delete(file);
    reloader.poll();
    reloader.poll();
    assertThat(serving(reloader)).isEqualTo("one");
    assertThat(reloads("failed")).isEqualTo(1);
    write("1.0.0", "one");
    reloader.poll();
    assertThat(loads).hasSize(1);
  }

  @Test
  void withdrawingTheNewestVersionRestoresThePreviousOne() throws Exception {
    write("1.0.0", "one");
    ModelReloader reloader = start("cnn");
    write("2.0.0", "two");
    reloader.poll();
    Files.move(root.resolve("cnn/2.0.0"), root.resolve("cnn/2.0.0.withdrawn"));
    reloader.poll();
    assertThat(serving(reloader)).isEqualTo("one");
    assertThat(reloads("loaded")).isEqualTo(2);
  }

  @Test
  void aPinnedVersionStaysInService() throws Exception {
    Path file = write("1.0.0", "one");
    ModelReloader reloader = start("cnn@1.0.0");
    write("2.0.0", "two");
    reloader.poll();
    assertThat(serving(reloader)).isEqualTo("one");
    Files.writeString(file, "fixed");
    reloader.poll();
    assertThat(serving(reloader)).isEqualTo("fixed");
  }

  @Test
  void aStartWithABrokenModelFails() throws Exception {
    write("1.0.0", "one");
    write("2.0.0", "broken");
    assertThatThrownBy(() -> start("cnn"))
        .isInstanceOf(ModelException.class)
        .hasMessage("It is broken.");
  }

  @Test
  void metricsNameTheModelInServiceAndNoOther() throws Exception {
    write("1.0.0", "one");
    ModelReloader reloader = start("cnn");
    assertThat(infos()).containsExactly("one");
    write("2.0.0", "two");
    reloader.poll();
    assertThat(infos()).containsExactly("two");
  }

  @Test
  void aModelIsClosedWhenItsLastUseIsReleased() throws Exception {
    write("1.0.0", "one");
    ModelReloader reloader = start("cnn");
    String one = reloader.models().current().metadata().sha256();
    ServedModel.Use first = reloader.models().acquire();
    write("2.0.0", "two");
    reloader.poll();
    ServedModel.Use late = reloader.models().acquire(one).orElseThrow();
    assertThat(late.metadata().version()).isEqualTo("one");

    write("3.0.0", "three");
    reloader.poll();
    assertThat(reloader.models().acquire(one)).isEmpty();
    assertThat(closed).isEmpty();
    first.close();
    first.close();
    assertThat(closed).isEmpty();
    late.close();
    assertThat(closed).containsExactly("one");

    reloader.models().close();
    assertThat(closed).containsExactlyInAnyOrder("one", "two", "three");
  }

  @Test
  void aModelThatIsLoadedAfterCloseIsClosed() throws Exception {
    write("1.0.0", "one");
    ModelReloader reloader = start("cnn");
    reloader.models().close();
    write("2.0.0", "two");
    reloader.poll();
    assertThat(closed).containsExactly("one", "two");
  }

  private static ListAppender<ILoggingEvent> captureLog() {
    Logger logger = (Logger) LoggerFactory.getLogger(ModelReloader.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(appender);
    return appender;
  }

  private ModelReloader start(String reference) throws ModelException {
    return ModelReloader.start(
        new ModelRepository(root), reference, Role.SERVING, this::load, registry);
  }

  private ServedModel load(ModelFile file) throws ModelException {
    loads.add(file.path());
    String text = new String(file.bytes(), StandardCharsets.UTF_8);
    switch (text) {
      case "broken" -> throw new ModelException("It is broken.");
      case "bug" -> throw new IllegalStateException("a bug");
      case "too large" -> throw new OutOfMemoryError("Java heap space");
      default -> {
        ModelMetadata metadata =
            new ModelMetadata(
                "cnn",
                text,
                file.sha256(),
                "",
                "",
                List.of(),
                List.of(),
                List.of(),
                ModelReference.getDefaultInstance());
        return new ServedModel(
            new UnusedScorer(text),
            metadata,
            ExecutionProvider.CPU,
            new BatchMeters(registry, Role.SERVING));
      }
    }
  }

  private Path write(String version, String text) throws IOException {
    Path folder = Files.createDirectories(root.resolve("cnn").resolve(version));
    return Files.writeString(folder.resolve("model.onnx"), text);
  }

  private static String serving(ModelReloader reloader) {
    return reloader.models().current().metadata().version();
  }

  private double reloads(String outcome) {
    return registry
        .get("reprise.model.reloads")
        .tags("role", "serving", "outcome", outcome)
        .counter()
        .count();
  }

  private List<String> infos() {
    return registry.find("reprise.model.info").gauges().stream()
        .map(Meter::getId)
        .map(id -> String.valueOf(id.getTag("version")))
        .toList();
  }

  private final class UnusedScorer implements Scorer {
    private final String name;

    UnusedScorer(String name) {
      this.name = name;
    }

    @Override
    public int maxBatchSize() {
      return 1;
    }

    @Override
    public List<ModelOutput> score(List<ClipInput> clips) {
      throw new IllegalStateException("No clip is scored in this test.");
    }

    @Override
    public void close() {
      closed.add(name);
    }
  }
}

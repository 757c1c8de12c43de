package dev.reprise.inference.serving;

import dev.reprise.contract.Role;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelFile;
import dev.reprise.inference.model.ModelFile.Stamp;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.ModelRepository;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the models of one role in step with the repository. Each poll resolves the reference to a
 * file, as a start of the service does. If it is a different file, or the file has been rewritten,
 * and its bytes differ, the reloader loads it and puts the new model in service. If that fails, for
 * whatever reason, the current model stays in service, and the file is not retried until it
 * changes. A half-copied file thus fails, and is retried when it has grown.
 *
 * <p>It polls instead of watching the file system: watches miss changes that other machines make on
 * a network mount, and lose the folder when Kubernetes swaps the symbolic link of a volume.
 *
 * <p>Not thread-safe: a single thread polls, and it is not one that scores, so that loading and
 * warming up delay no clip.
 */
public final class ModelReloader {
  private static final Logger log = LoggerFactory.getLogger(ModelReloader.class);

  private final ModelRepository repository;
  private final String reference;
  private final ModelLoader loader;
  private final ModelMeters meters;
  private final Models models;

  /** The state of the file that was last found to contain the current model. */
  private Stamp served;

  /** The state of the file that could not be loaded. */
  private @Nullable Stamp failed;

  /** Why the repository could not be read, so that it is logged once. */
  private String unreadable = "";

  private ModelReloader(
      ModelRepository repository,
      String reference,
      ModelLoader loader,
      ModelMeters meters,
      Stamp served,
      ServedModel first) {
    this.repository = repository;
    this.reference = reference;
    this.loader = loader;
    this.meters = meters;
    this.served = served;
    this.models = new Models(first);
    meters.setServed(first);
  }

  /**
   * Loads the initial model.
   *
   * @param reference {@code NAME@VERSION}, or {@code NAME} for the newest version
   * @throws ModelException if the model does not exist or cannot be loaded
   */
  public static ModelReloader start(
      ModelRepository repository,
      String reference,
      Role role,
      ModelLoader loader,
      MeterRegistry registry)
      throws ModelException {
    Path path = repository.find(reference);
    // Taken before the bytes are read: the next poll sees a change in between.
    Stamp stamp = Stamp.of(path);
    ServedModel first = loader.load(ModelFile.read(path));
    return new ModelReloader(
        repository, reference, loader, new ModelMeters(registry, role), stamp, first);
  }

  /** Returns the models that this object keeps up to date; the caller closes them. */
  public Models models() {
    return models;
  }

  /** Polls the repository once, and reloads the model if its file has changed; throws nothing. */
  public void poll() {
    Stamp stamp;
    ModelFile file;
    try {
      stamp = Stamp.of(repository.find(reference));
      if (stamp.equals(served) || stamp.equals(failed)) {
        unreadable = "";
        return;
      }
      file = ModelFile.read(stamp.path());
      unreadable = "";
    } catch (ModelException | RuntimeException e) {
      String why = String.valueOf(e.getMessage());
      if (!why.equals(unreadable)) {
        unreadable = why;
        reportFailure(why);
      }
      return;
    }
    reload(stamp, file);
  }

  private void reload(Stamp stamp, ModelFile file) {
    try {
      if (!file.sha256().equals(models.current().metadata().sha256())) {
        putInService(loader.load(file));
      }
      served = stamp;
      failed = null;
    } catch (ModelException e) {
      failed = stamp;
      reportFailure(String.valueOf(e.getMessage()));
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      // Whatever a new file causes, the current model stays in service.
      failed = stamp;
      reportFailure("Model " + stamp.path() + " cannot be loaded: " + e + ".");
      log.debug("Loading {} failed with an internal error", stamp.path(), e);
    }
  }

  private void putInService(ServedModel next) {
    ModelMetadata previous = models.current().metadata();
    models.replaceWith(next);
    meters.setServed(next);
    meters.countLoaded();
    log.info(
        "Replaced model {} {} ({}) with {} {} ({}).",
        previous.name(),
        previous.version(),
        shortSha256(previous),
        next.metadata().name(),
        next.metadata().version(),
        shortSha256(next.metadata()));
  }

  private void reportFailure(String why) {
    meters.countFailed();
    ModelMetadata current = models.current().metadata();
    log.warn(
        "{} Model {} {} ({}) stays in service.",
        why,
        current.name(),
        current.version(),
        shortSha256(current));
  }

  private static String shortSha256(ModelMetadata metadata) {
    return metadata.sha256().substring(0, Math.min(8, metadata.sha256().length()));
  }
}

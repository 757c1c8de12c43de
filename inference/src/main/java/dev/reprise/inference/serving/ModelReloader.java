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
 * Keeps the models of one role at what the repository holds. At each look it asks which file is
 * meant, as a start of the service would; where that is another than the one that was loaded, or
 * has been written anew, and its bytes differ, it loads them and lets the new model take over.
 * Where that fails, for whatever reason, the model in service stays, and the file that failed is
 * not tried again until it changes. A half-copied file thus fails, and is tried again when it has
 * grown.
 *
 * <p>It looks again and again rather than have the file system tell it: the system's watches see
 * nothing that another machine does on a network mount, and lose the folder when a Kubernetes
 * volume is swapped by its symbolic link.
 *
 * <p>Not thread-safe: one thread looks, and it is none that scores, so that loading and warming up
 * hold no clip back.
 */
public final class ModelReloader {
  private static final Logger log = LoggerFactory.getLogger(ModelReloader.class);

  private final ModelRepository repository;
  private final String reference;
  private final ModelLoader loader;
  private final ModelMeters meters;
  private final Models models;

  /** The file as it was when it was last found to hold the current model. */
  private Stamp served;

  /** The file that could not be loaded, as it was then. */
  private @Nullable Stamp failed;

  /** Why the repository could not be asked, so that it is said once. */
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
    meters.serves(first);
  }

  /**
   * Loads the model that is to begin with.
   *
   * @param reference {@code NAME@VERSION}, or {@code NAME} for the newest version
   * @throws ModelException if it is not there or cannot be loaded
   */
  public static ModelReloader start(
      ModelRepository repository,
      String reference,
      Role role,
      ModelLoader loader,
      MeterRegistry registry)
      throws ModelException {
    Path path = repository.find(reference);
    // Taken before the bytes are read: a change in between is seen at the next look.
    Stamp stamp = Stamp.of(path);
    ServedModel first = loader.load(ModelFile.read(path));
    return new ModelReloader(
        repository, reference, loader, new ModelMeters(registry, role), stamp, first);
  }

  /** The models that this keeps up to date; the caller closes them. */
  public Models models() {
    return models;
  }

  /** Looks once whether another model is to take over; throws nothing. */
  public void look() {
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
        stays(why);
      }
      return;
    }
    take(stamp, file);
  }

  private void take(Stamp stamp, ModelFile file) {
    try {
      if (!file.sha256().equals(models.current().metadata().sha256())) {
        replaceBy(loader.load(file));
      }
      served = stamp;
      failed = null;
    } catch (ModelException e) {
      failed = stamp;
      stays(String.valueOf(e.getMessage()));
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      // Whatever a new file does, the old model goes on.
      failed = stamp;
      stays("Model " + stamp.path() + " cannot be loaded: " + e + ".");
      log.debug("Loading {} failed for a fault of our own", stamp.path(), e);
    }
  }

  private void replaceBy(ServedModel next) {
    ModelMetadata before = models.current().metadata();
    models.replaceBy(next);
    meters.serves(next);
    meters.loaded();
    log.info(
        "Model {} {} ({}) takes over from {} {} ({}).",
        next.metadata().name(),
        next.metadata().version(),
        shortened(next.metadata()),
        before.name(),
        before.version(),
        shortened(before));
  }

  private void stays(String why) {
    meters.failed();
    ModelMetadata current = models.current().metadata();
    log.warn(
        "{} Model {} {} ({}) stays in service.",
        why,
        current.name(),
        current.version(),
        shortened(current));
  }

  private static String shortened(ModelMetadata metadata) {
    return metadata.sha256().substring(0, Math.min(8, metadata.sha256().length()));
  }
}

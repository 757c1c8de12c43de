package dev.reprise.cli.files;

import dev.reprise.cli.files.SkippedFiles.Why;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Expands files and folders: folders recursively and by extension, without hidden files and trash
 * folders, sorted; files as given. A file reached twice counts once. An unreadable file or folder
 * is reported as an error and does not stop the others. Not thread-safe.
 */
final class FileFinder {
  /** Folders in which desktops, network storage and file systems keep deleted files and copies. */
  private static final Set<String> TRASH =
      Set.of(
          "$RECYCLE.BIN",
          "RECYCLER",
          "System Volume Information",
          "lost+found",
          "#recycle",
          "@Recycle",
          "@Recently-Snapshot",
          "#snapshot",
          "@eaDir",
          "__MACOSX",
          ".AppleDouble");

  /** Freedesktop's {@code .Trash-1000} and the like, and macOS's {@code .Trashes}. */
  private static final String TRASH_PREFIX = ".Trash";

  private final List<PathMatcher> excludes;
  private final Map<Path, FoundFile> found = new LinkedHashMap<>();
  private final List<String> errors = new ArrayList<>();
  private final SkippedFiles skipped = new SkippedFiles();
  private final Set<Path> roots = new LinkedHashSet<>();

  /**
   * @param excludes matched against a path below its argument, and against its last name
   */
  FileFinder(List<PathMatcher> excludes) {
    this.excludes = List.copyOf(excludes);
  }

  /** Adds a file or a folder, or an error. */
  void add(Path argument) {
    try {
      Path real = argument.toRealPath();
      if (Files.isDirectory(real)) {
        roots.add(real);
        addFolder(argument, real);
      } else if (isExcluded(real.getFileName())) {
        skipped.count(Why.EXCLUDED);
      } else if (!Files.isRegularFile(real)) {
        errors.add(displayName(argument) + " is neither a file nor a folder.");
      } else {
        Path absolute = argument.toAbsolutePath();
        Path folder = absolute.resolveSibling("").toRealPath();
        add(new FoundFile(folder.resolve(absolute.getFileName()), real));
      }
    } catch (IOException e) {
      errors.add(FileErrors.cannotRead(displayName(argument), e));
    }
  }

  List<FoundFile> found() {
    return List.copyOf(found.values());
  }

  List<String> errors() {
    return List.copyOf(errors);
  }

  SkippedFiles skipped() {
    return skipped;
  }

  /** Returns folders that together hold the files, links resolved. */
  List<Path> roots() {
    Set<Path> all = new LinkedHashSet<>(roots);
    for (Path file : found.keySet()) {
      if (all.stream().noneMatch(file::startsWith)) {
        all.add(file.resolveSibling(""));
      }
    }
    return List.copyOf(all);
  }

  /** Returns the argument as given, except that an absolute path shows its bytes. */
  private static String displayName(Path argument) {
    return argument.isAbsolute() ? PathText.of(argument) : argument.toString();
  }

  private void addFolder(Path argument, Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    int errorsBefore = errors.size();
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new Visitor(folder, files));
    if (files.isEmpty() && errors.size() == errorsBefore) {
      errors.add("There are no audio files in " + displayName(argument) + ".");
    }
    files.sort(Comparator.naturalOrder());
    for (Path file : files) {
      try {
        add(new FoundFile(file, file.toRealPath()));
      } catch (IOException e) {
        errors.add(FileErrors.cannotRead(file, e));
      }
    }
  }

  private void add(FoundFile file) {
    if (found.putIfAbsent(file.real(), file) != null) {
      skipped.count(Why.DUPLICATE);
    }
  }

  private boolean isExcluded(Path path) {
    return excludes.stream()
        .anyMatch(glob -> glob.matches(path) || glob.matches(path.getFileName()));
  }

  /** Collects the audio files below a folder. */
  private final class Visitor implements FileVisitor<Path> {
    private final Path root;
    private final List<Path> files;

    Visitor(Path root, List<Path> files) {
      this.root = root;
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      Why why = folder.equals(root) ? null : reasonToSkipFolder(folder);
      if (why == null) {
        return FileVisitResult.CONTINUE;
      }
      skipped.count(why);
      return FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      Why why = reasonToSkipFile(file, attributes);
      if (why == null) {
        files.add(file);
      } else {
        skipped.count(why);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      // A link to a parent folder, whose files are found without it.
      if (failure instanceof FileSystemLoopException) {
        skipped.count(Why.DUPLICATE);
      } else if (!isExcluded(root.relativize(file))) {
        errors.add(FileErrors.cannotRead(file, failure));
      } else {
        skipped.count(Why.EXCLUDED);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
      if (failure != null) {
        errors.add(FileErrors.cannotRead(folder, failure));
      }
      return FileVisitResult.CONTINUE;
    }

    private @Nullable Why reasonToSkipFolder(Path folder) {
      String name = folder.getFileName().toString();
      if (TRASH.contains(name) || name.startsWith(TRASH_PREFIX)) {
        return Why.TRASH;
      }
      if (name.startsWith(".")) {
        return Why.HIDDEN;
      }
      return isExcluded(root.relativize(folder)) ? Why.EXCLUDED : null;
    }

    private @Nullable Why reasonToSkipFile(Path file, BasicFileAttributes attributes) {
      if (file.getFileName().toString().startsWith(".")) {
        return Why.HIDDEN;
      }
      if (!AudioFormats.isAudio(file)) {
        return Why.NO_AUDIO_EXTENSION;
      }
      if (!attributes.isRegularFile()) {
        return Why.NOT_A_FILE;
      }
      return isExcluded(root.relativize(file)) ? Why.EXCLUDED : null;
    }
  }
}

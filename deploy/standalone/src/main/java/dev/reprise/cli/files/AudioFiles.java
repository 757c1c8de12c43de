package dev.reprise.cli.files;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Expands files and folders: folders recursively and by extension, without hidden files, sorted;
 * files as they are named. A file reached twice counts once.
 */
final class AudioFiles {
  private final Map<Path, Found> found = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();

  /** Adds a file or a folder, or a fault. */
  void add(Path argument) {
    try {
      Path real = argument.toRealPath();
      if (Files.isDirectory(real)) {
        addFolder(argument, real);
      } else {
        found.putIfAbsent(real, new Found(real, argument.getFileName().toString()));
      }
    } catch (NoSuchFileException e) {
      faults.add(argument + " does not exist.");
    } catch (IOException e) {
      faults.add(argument + " cannot be read: " + e + ".");
    }
  }

  List<Found> found() {
    return List.copyOf(found.values());
  }

  List<String> faults() {
    return List.copyOf(faults);
  }

  private void addFolder(Path argument, Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new Visitor(folder, files));
    if (files.isEmpty()) {
      faults.add("There are no audio files in " + argument + ".");
    }
    files.sort(Comparator.naturalOrder());
    for (Path file : files) {
      Path real = file.toRealPath();
      found.putIfAbsent(real, new Found(real, relative(folder, file)));
    }
  }

  private static String relative(Path folder, Path file) {
    List<String> parts = new ArrayList<>();
    folder.relativize(file).forEach(part -> parts.add(part.toString()));
    return String.join("/", parts);
  }

  /** Collects the audio files below a folder. */
  private final class Visitor extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<Path> files;

    Visitor(Path root, List<Path> files) {
      this.root = root;
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return !folder.equals(root) && isHidden(folder)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile() && !isHidden(file) && AudioFormats.isAudio(file)) {
        files.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      // A link that leads back up is no loss; its files are found on the way there.
      if (!(failure instanceof java.nio.file.FileSystemLoopException)) {
        faults.add(file + " cannot be read: " + failure + ".");
      }
      return FileVisitResult.CONTINUE;
    }

    private static boolean isHidden(Path path) {
      return String.valueOf(path.getFileName()).startsWith(".");
    }
  }
}

package dev.reprise.cli.files;

import dev.reprise.contract.MediaTypes;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Recognises audio files and their media types by the extension of their names. */
public final class AudioFormats {
  /** Of audio files, and of videos with an audio track; does not apply to files given by name. */
  private static final Set<String> EXTENSIONS =
      Set.of(
          "3g2", "3gp", "aac", "ac3", "aif", "aifc", "aiff", "amr", "ape", "asf", "au", "avi",
          "caf", "dff", "dsf", "dts", "eac3", "f4a", "f4v", "flac", "flv", "m2ts", "m4a", "m4b",
          "m4v", "mka", "mkv", "mlp", "mov", "mp1", "mp2", "mp3", "mp4", "mpc", "mpeg", "mpg",
          "mts", "oga", "ogg", "ogv", "oma", "opus", "ra", "rm", "shn", "snd", "spx", "tak", "thd",
          "ts", "tta", "w64", "wav", "wave", "webm", "wma", "wmv", "wv");

  private AudioFormats() {}

  /** Returns whether a file found in a folder is treated as audio. */
  static boolean isAudio(Path file) {
    return EXTENSIONS.contains(extension(file));
  }

  /** Returns the media type for the {@code content-type} header. */
  public static String mediaType(Path file) {
    return MediaTypes.ofFileName(String.valueOf(file.getFileName()));
  }

  private static String extension(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }
}

package dev.reprise.contract;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Determines the media types of audio events, from file names and headers. */
public final class MediaTypes {
  /** The media type of an event whose value is an audio file of any format. */
  public static final String OCTET_STREAM = "application/octet-stream";

  private static final Map<String, String> BY_EXTENSION =
      Map.ofEntries(
          Map.entry("aac", "audio/aac"),
          Map.entry("ac3", "audio/ac3"),
          Map.entry("aif", "audio/aiff"),
          Map.entry("aiff", "audio/aiff"),
          Map.entry("amr", "audio/amr"),
          Map.entry("eac3", "audio/eac3"),
          Map.entry("flac", "audio/flac"),
          Map.entry("m4a", "audio/mp4"),
          Map.entry("mp3", "audio/mpeg"),
          Map.entry("mp4", "audio/mp4"),
          Map.entry("oga", "audio/ogg"),
          Map.entry("ogg", "audio/ogg"),
          Map.entry("opus", "audio/ogg"),
          Map.entry("tta", "audio/x-tta"),
          Map.entry("wav", "audio/wav"),
          Map.entry("webm", "audio/webm"),
          Map.entry("wma", "audio/x-ms-wma"));

  private MediaTypes() {}

  /** Returns the media type for a file name's extension, or {@link #OCTET_STREAM} if unknown. */
  public static String ofFileName(@Nullable String name) {
    return name == null
        ? OCTET_STREAM
        : BY_EXTENSION.getOrDefault(
            name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT), OCTET_STREAM);
  }

  /**
   * Returns the media type of a response without its parameters if it names an audio or video
   * format, or else an empty string: a server's default type says nothing.
   *
   * @param mediaType as in a header; null if there is none
   */
  public static String ofAudio(@Nullable String mediaType) {
    String type = mediaType == null ? "" : withoutParameters(mediaType);
    return type.matches("(audio|video)/.+|application/ogg") ? type : "";
  }

  /**
   * Returns whether the value of an event or a body of this type is an audio file: audio, video
   * with a sound track, or bytes of any format.
   *
   * @param mediaType in lower case, without parameters
   */
  public static boolean isAudioFile(String mediaType) {
    return !ofAudio(mediaType).isEmpty() || mediaType.equals(OCTET_STREAM);
  }

  /**
   * Returns a media type in lower case, without parameters.
   *
   * @param mediaType as in a header, for example {@code audio/MPEG; charset=x}
   */
  public static String withoutParameters(String mediaType) {
    return mediaType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }
}

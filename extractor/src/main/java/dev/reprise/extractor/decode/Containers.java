package dev.reprise.extractor.decode;

import java.util.Arrays;
import java.util.Set;

/**
 * The containers that may be opened, by FFmpeg's demuxer names.
 *
 * <p>A format is allowed if music catalogues or films with a sound track use it, and if its files
 * contain their audio themselves. Every demuxer is C code that a crafted file can reach, so the
 * following are excluded:
 *
 * <ul>
 *   <li>formats that refer to other files or addresses (hls, dash, concat, imf, sdp, rtsp, image
 *       sequences, subtitles), and text formats,
 *   <li>headerless samples and headerless speech codecs (amrnb, amrwb, g722, g723_1, gsm, sbc),
 *       which other bytes are mistaken for,
 *   <li>formats of console games (adx, ast, brstm, mca, vag, xa, xwma and the like),
 *   <li>dictation, telephone and broadcast formats, and rare ones of the 1990s (bonk, dss, gxf,
 *       mxf, paf, vqf, wtv and the like), which are little used and little tested.
 * </ul>
 */
final class Containers {
  private static final Set<String> ALLOWED =
      Set.of(
          "aac",
          "ac3",
          "aiff",
          "amr",
          "ape",
          "asf",
          "au",
          "avi",
          "caf",
          "dsf",
          "dts",
          "dtshd",
          "eac3",
          "flac",
          "flv",
          "iff",
          "matroska",
          "mlp",
          "mov",
          "mp3",
          "mpc",
          "mpc8",
          "mpeg",
          "mpegts",
          "ogg",
          "oma",
          "rm",
          "shn",
          "tak",
          "truehd",
          "tta",
          "w64",
          "wav",
          "wv");

  /**
   * Frames of a codec without a header or a checksum that would distinguish them from other bytes.
   */
  private static final Set<String> RAW =
      Set.of("aac", "ac3", "dts", "eac3", "mlp", "mp3", "truehd");

  private Containers() {}

  /**
   * Returns whether a demuxer is allowed.
   *
   * @param names FFmpeg's name of the demuxer, or several separated by commas
   */
  static boolean areAllowed(String names) {
    return Arrays.stream(names.split(",", -1)).anyMatch(ALLOWED::contains);
  }

  /** Returns whether a file of that demuxer is frames only, which other bytes may resemble. */
  static boolean isRaw(String name) {
    return RAW.contains(name);
  }

  /** Returns the list in the syntax of FFmpeg's option {@code format_whitelist}. */
  static String whitelist() {
    return String.join(",", ALLOWED);
  }
}

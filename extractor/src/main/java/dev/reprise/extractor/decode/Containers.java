package dev.reprise.extractor.decode;

import java.util.Arrays;
import java.util.Set;

/**
 * The containers that may be opened, by FFmpeg's demuxer names.
 *
 * <p>The rule: a format is allowed if music catalogues hold it, or films with a sound track, and if
 * a file of it holds its audio itself. Every demuxer is C code that a crafted file can reach, so
 * the following are left out:
 *
 * <ul>
 *   <li>whatever names other files or addresses (hls, dash, concat, imf, sdp, rtsp, image
 *       sequences, subtitles), and whatever is text,
 *   <li>headerless samples and headerless speech codecs (amrnb, amrwb, g722, g723_1, gsm, sbc),
 *       which other bytes are taken for,
 *   <li>formats of console games (adx, ast, brstm, mca, vag, xa, xwma and the like),
 *   <li>dictation, telephone and broadcast formats, and rarities of the 1990s (bonk, dss, gxf, mxf,
 *       paf, vqf, wtv and the like): little used and little tested.
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

  /** Frames of a codec without a header or a checksum that would tell them from other bytes. */
  private static final Set<String> RAW =
      Set.of("aac", "ac3", "dts", "eac3", "mlp", "mp3", "truehd");

  private Containers() {}

  /**
   * @param names FFmpeg's name of a demuxer, or several with commas between
   */
  static boolean areAllowed(String names) {
    return Arrays.stream(names.split(",", -1)).anyMatch(ALLOWED::contains);
  }

  /** Whether a file of that demuxer is nothing but frames, which other bytes may resemble. */
  static boolean isRaw(String name) {
    return RAW.contains(name);
  }

  /** The list as FFmpeg's option {@code format_whitelist} takes it. */
  static String whitelist() {
    return String.join(",", ALLOWED);
  }
}

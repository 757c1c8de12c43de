package dev.reprise.extractor.decode;

import java.util.Arrays;
import java.util.Set;

/**
 * The containers that may be opened, by FFmpeg's demuxer names.
 *
 * <p>All hold their audio in the file itself. Left out on purpose: whatever names other files or
 * addresses (hls, dash, concat, imf, sdp, rtsp, image sequences, subtitles), whatever is text, and
 * whatever is headerless samples.
 */
final class Containers {
  private static final Set<String> ALLOWED =
      Set.of(
          "aa",
          "aac",
          "aax",
          "ac3",
          "ac4",
          "adx",
          "aiff",
          "amr",
          "amrnb",
          "amrwb",
          "apac",
          "ape",
          "asf",
          "ast",
          "au",
          "avi",
          "avr",
          "brstm",
          "bfstm",
          "bit",
          "bonk",
          "boa",
          "caf",
          "codec2",
          "dsf",
          "dss",
          "dts",
          "dtshd",
          "eac3",
          "flac",
          "flv",
          "g722",
          "g723_1",
          "gsm",
          "gxf",
          "hcom",
          "iff",
          "ilbc",
          "ircam",
          "kux",
          "live_flv",
          "loas",
          "lvf",
          "matroska",
          "mca",
          "mlp",
          "mmf",
          "mov",
          "mp3",
          "mpc",
          "mpc8",
          "mpeg",
          "mpegts",
          "mtaf",
          "mxf",
          "nistsphere",
          "nut",
          "ogg",
          "oma",
          "osq",
          "paf",
          "pvf",
          "qcp",
          "qoa",
          "rka",
          "rm",
          "rso",
          "sbc",
          "shn",
          "sox",
          "swf",
          "tak",
          "truehd",
          "tta",
          "vag",
          "voc",
          "vqf",
          "w64",
          "wav",
          "wavarc",
          "wady",
          "wsaud",
          "wsd",
          "wtv",
          "wv",
          "xa",
          "xwma");

  private Containers() {}

  /**
   * @param names FFmpeg's name of a demuxer, or several with commas between
   */
  static boolean areAllowed(String names) {
    return Arrays.stream(names.split(",", -1)).anyMatch(ALLOWED::contains);
  }

  /** The list as FFmpeg's option {@code format_whitelist} takes it. */
  static String whitelist() {
    return String.join(",", ALLOWED);
  }
}

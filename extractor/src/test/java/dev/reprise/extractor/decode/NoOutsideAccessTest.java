package dev.reprise.extractor.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.WavFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A crafted file reads no other file and reaches no host. */
class NoOutsideAccessTest {
  @TempDir private Path folder;

  /** TARGET is replaced by a readable audio file, as a path or as an address of this machine. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nTARGET\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile:TARGET\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile 'TARGET'\n",
        "ffconcat version 1.0\nfile TARGET\nduration 10\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
        "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\""
            + " mediaPresentationDuration=\"PT10S\"><Period><AdaptationSet mimeType=\"audio/mp4\">"
            + "<Representation id=\"0\" bandwidth=\"1\"><BaseURL>TARGET</BaseURL></Representation>"
            + "</AdaptationSet></Period></MPD>",
        "[playlist]\nFile1=TARGET\nNumberOfEntries=1\n",
        ";FFMETADATA1\ntitle=TARGET\n",
        "RTSPtext\nTARGET\n"
      })
  void playlistsAreRejected(String playlist) throws Exception {
    Path audio =
        Files.write(folder.resolve("secret.wav"), WavFiles.floats(22_050, new float[50_000]));
    assertUnknown(playlist.replace("TARGET", audio.toString()));
    assertUnknown(playlist.replace("TARGET", "/etc/passwd"));
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertUnknown(
          playlist.replace("TARGET", "http://127.0.0.1:" + server.getLocalPort() + "/a.wav"));
      assertNoConnection(server);
    }
  }

  private static void assertUnknown(String content) {
    assertThatThrownBy(() -> Decoded.of(content.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_FORMAT));
  }

  /** A connection would wait in the backlog: decoding is over by now. */
  private static void assertNoConnection(ServerSocket server) throws IOException {
    server.setSoTimeout(1);
    assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
  }

  /** A misspelt name would silently forbid a format. */
  @Test
  void allowedContainersExist() {
    Set<String> known = new HashSet<>();
    FFmpeg.load();
    try (PointerPointer<Pointer> state = new PointerPointer<>(1)) {
      state.put(0, (Pointer) null);
      AVInputFormat format = avformat.av_demuxer_iterate(state);
      while (format != null && !format.isNull()) {
        known.addAll(Set.of(format.name().getString().split(",", -1)));
        format = avformat.av_demuxer_iterate(state);
      }
    }
    assertThat(known).containsAll(Set.of(Containers.whitelist().split(",", -1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hls",
        "dash",
        "concat",
        "imf",
        "sdp",
        "rtsp",
        "rtp",
        "image2",
        "image2pipe",
        "ffmetadata",
        "webm_dash_manifest",
        "srt",
        "ass",
        "webvtt",
        "data",
        "rawvideo",
        "s16le",
        "tty",
        "mlv",
        "vividas",
        "ser"
      })
  void otherContainersAreNotAllowed(String name) {
    assertThat(Containers.areAllowed(name)).isFalse();
  }
}

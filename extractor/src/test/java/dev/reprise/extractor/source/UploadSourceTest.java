package dev.reprise.extractor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.event.AudioEvent;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import dev.reprise.spool.SpoolName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadSourceTest {
  @TempDir Path parent;

  private final SpoolName name = SpoolName.random();
  private Path folder;
  private Sources sources;

  @BeforeEach
  void open() throws Exception {
    folder = parent.resolve("spool");
    Spool spool = Spool.open(new SpoolConfig(new SpoolLocation.Folder(folder), S3Store.aws()));
    sources = sources(Optional.of(spool));
  }

  /** Without --allowed-root: the spool needs none. */
  @Test
  void readsAnUpload() throws Exception {
    Files.write(folder.resolve(name.text()), new byte[] {1, 2, 3});
    AudioEvent.ByUri source = new AudioEvent.ByUri(name.uri(), "audio/flac");
    try (AudioInput input = sources.open(source)) {
      assertThat(input.channel().size()).isEqualTo(3);
      assertThat(input.mediaType()).isEqualTo("audio/flac");
    }
    assertThat(Sources.upload(source)).contains(name);
  }

  /** An event may name a file in the spool as such, which is not allowed, and never deleted. */
  @Test
  void aFileUriOfAnUploadIsAFile() throws Exception {
    Path file = Files.write(folder.resolve(name.text()), new byte[3]);
    assertThat(reason(file.toUri().toString())).isEqualTo(Reason.SOURCE_NOT_ALLOWED);
    assertThat(Sources.upload(new AudioEvent.ByUri(file.toUri().toString()))).isEmpty();
  }

  @Test
  void namesNothingOutsideTheSpool() throws Exception {
    Path outside = Files.writeString(parent.resolve("outside"), "mine");
    Files.createSymbolicLink(folder.resolve(name.text()), outside);
    assertThat(reason(name.uri())).isEqualTo(Reason.SOURCE_UNREADABLE);
    for (String uri :
        List.of("spool:/../outside", "spool:/%2e%2e/outside", "spool:/..%2foutside")) {
      assertThat(reason(uri)).isEqualTo(Reason.BAD_URI);
      assertThat(Sources.upload(new AudioEvent.ByUri(uri))).isEmpty();
    }
  }

  @Test
  void explainsWhatIsMissing() throws Exception {
    assertThat(reason(name.uri())).isEqualTo(Reason.SOURCE_NOT_FOUND);
    Files.write(folder.resolve(name.text()), new byte[101]);
    assertThat(reason(name.uri())).isEqualTo(Reason.SOURCE_TOO_LARGE);
    sources = sources(Optional.empty());
    assertThat(reason(name.uri())).isEqualTo(Reason.SOURCE_NOT_ALLOWED);
  }

  private Reason reason(String uri) {
    RejectedException rejection =
        catchThrowableOfType(
            RejectedException.class, () -> sources.open(new AudioEvent.ByUri(uri)));
    assertThat(rejection).as(uri).hasMessageEndingWith(".");
    return rejection.reason();
  }

  private Sources sources(Optional<Spool> spool) {
    return new Sources(
        new SourceLimits(List.of(), List.of(), 100, Duration.ofSeconds(1), S3Config.none()),
        parent,
        spool);
  }
}

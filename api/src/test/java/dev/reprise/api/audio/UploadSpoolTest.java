package dev.reprise.api.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.api.http.ProblemException;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import dev.reprise.spool.SpoolName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadSpoolTest {
  private static final int MIB = 1 << 20;
  private static final byte[] MEBIBYTE = new byte[MIB];

  @TempDir Path folder;

  private final UploadBudget budget = new UploadBudget(MIB);
  private final UploadBudget.Share share = budget.reserve(0).orElseThrow();
  private UploadSpool spool;

  @BeforeEach
  void open() throws Exception {
    spool = spool(100L * MIB);
  }

  @AfterEach
  void close() {
    spool.close();
  }

  @Test
  void whatIsBeingReceivedTakesRoom() throws ProblemException {
    try (UploadSpool.Upload first = spool.begin(60L * MIB, share)) {
      first.accept(MEBIBYTE, 0, MIB);
      assertRefused(503, 41L * MIB);
      spool.begin(40L * MIB, share).close();
    }
    spool.begin(100L * MIB, share).close();
    assertThat(folder).isEmptyDirectory();
  }

  /** Those of other instances too, complete or not. */
  @Test
  void whatIsStoredTakesRoom() throws Exception {
    Files.write(folder.resolve(SpoolName.random().text()), new byte[30 * MIB]);
    Files.write(folder.resolve(SpoolName.random() + ".part"), new byte[30 * MIB]);
    Files.write(folder.resolve("notes.txt"), new byte[30 * MIB]);
    assertRefused(503, 41L * MIB);
    spool.begin(40L * MIB, share).close();
  }

  @Test
  void acquiresRoomForAFileOfUnknownSizeAsItArrives() throws ProblemException {
    UploadSpool.Upload upload = spool.begin(0, share);
    for (int i = 0; i < 96; i++) {
      upload.accept(MEBIBYTE, 0, MIB);
    }
    ProblemException refusal =
        catchThrowableOfType(ProblemException.class, () -> upload.accept(MEBIBYTE, 0, MIB));
    assertThat(refusal.status()).isEqualTo(503);
    upload.close();
    assertThat(folder).isEmptyDirectory();
    spool.begin(100L * MIB, share).close();
  }

  @Test
  void aCompleteUploadStays() throws ProblemException {
    UploadSpool.Upload upload = spool.begin(MIB, share);
    upload.accept(MEBIBYTE, 0, MIB);
    SpoolName name = upload.finish();
    upload.close();
    assertThat(folder.resolve(name.text())).hasSize(MIB);
    spool.delete(name);
    spool.close();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void boundsTheNumberOfUploads() throws ProblemException {
    List<UploadSpool.Upload> uploads = new ArrayList<>();
    for (int i = 0; i < SpoolRoom.MAX_CONCURRENT; i++) {
      uploads.add(spool.begin(1, share));
    }
    assertRefused(503, 1);
    uploads.get(0).close();
    uploads.get(0).close();
    spool.begin(1, share).close();
    uploads.forEach(UploadSpool.Upload::close);
  }

  @Test
  void refusesWhatTheDiskHasNoRoomFor() throws Exception {
    spool = spool(Long.MAX_VALUE);
    assertRefused(507, Long.MAX_VALUE / 2);
  }

  @Test
  void whatUploadsMayYetWriteIsNotFree() throws Exception {
    spool = spool(Long.MAX_VALUE);
    long free = Files.getFileStore(folder).getUsableSpace();
    try (UploadSpool.Upload upload = spool.begin(free / 10 * 6, share)) {
      upload.accept(MEBIBYTE, 0, MIB);
      assertRefused(507, free / 10 * 6);
      spool.begin(free / 10, share).close();
    }
    spool.begin(free / 10 * 6, share).close();
  }

  private void assertRefused(int status, long bytes) {
    ProblemException refusal =
        catchThrowableOfType(ProblemException.class, () -> spool.begin(bytes, share));
    assertThat(refusal.status()).isEqualTo(status);
  }

  private UploadSpool spool(long maxBytes) throws Exception {
    SpoolLocation location = new SpoolLocation.Folder(folder);
    return new UploadSpool(Spool.open(new SpoolConfig(location, S3Store.aws())), maxBytes);
  }
}

package dev.reprise.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolLocationTest {
  @Test
  void isAFolder() {
    SpoolLocation folder = new SpoolLocation.Folder(Path.of("/srv/spool"));
    assertThat(SpoolLocation.parse("/srv/spool")).isEqualTo(folder);
    assertThat(SpoolLocation.parse("file:///srv/spool")).isEqualTo(folder);
  }

  /** A prefix names a folder, so that no object beside it is taken for an upload. */
  @ParameterizedTest
  @CsvSource({
    "s3://uploads,         uploads, ''",
    "s3://uploads/,        uploads, ''",
    "s3://uploads/a/b/,    uploads, a/b/",
    "s3://uploads/a/b,     uploads, a/b/",
  })
  void isABucket(String text, String bucket, String prefix) {
    assertThat(SpoolLocation.parse(text)).isEqualTo(new SpoolLocation.Bucket(bucket, prefix));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3:", "s3://", "s3:///a", "s3:bucket", "s3://user@bucket/"})
  void refusesABucketWithoutAName(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpoolLocation.parse(text))
        .withMessageContaining("s3://BUCKET/PREFIX/");
  }
}

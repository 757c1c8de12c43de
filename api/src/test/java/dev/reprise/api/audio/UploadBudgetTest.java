package dev.reprise.api.audio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UploadBudgetTest {
  private final UploadBudget budget = new UploadBudget(100);

  @Test
  void reservesTheWholeBudget() {
    share(60);
    share(40);
    assertThat(budget.takenBytes()).isEqualTo(100);
  }

  @Test
  void reservesNothingIfTooLittleIsLeft() {
    share(60);
    assertThat(budget.reserve(41)).isEmpty();
    assertThat(budget.takenBytes()).isEqualTo(60);
  }

  @Test
  void closeReleasesOnce() {
    UploadBudget.Share share = share(60);
    share(40);
    share.close();
    share.close();
    assertThat(budget.takenBytes()).isEqualTo(40);
  }

  @Test
  void usesTheReservation() {
    UploadBudget.Share share = share(60);
    assertThat(share.use(30)).isTrue();
    assertThat(share.use(30)).isTrue();
    assertThat(budget.takenBytes()).isEqualTo(60);
  }

  @Test
  void acquiresMoreIfTooLittleWasReserved() {
    UploadBudget.Share share = share(0);
    assertThat(share.use(70)).isTrue();
    assertThat(budget.takenBytes()).isEqualTo(70);
  }

  @Test
  void usesNoMoreThanTheBudget() {
    UploadBudget.Share share = share(10);
    share(80);
    assertThat(share.use(20)).isTrue();
    assertThat(share.use(1)).isFalse();
    assertThat(budget.takenBytes()).isEqualTo(100);
  }

  @Test
  void trimReleasesTheUnusedReservation() {
    UploadBudget.Share slow = share(90);
    slow.use(10);
    slow.trim();
    assertThat(budget.takenBytes()).isEqualTo(10);
    share(90);
    assertThat(slow.use(1)).isFalse();
  }

  @Test
  void acquiresAgainAfterTrim() {
    UploadBudget.Share share = share(90);
    share.trim();
    share.trim();
    assertThat(share.use(90)).isTrue();
    assertThat(budget.takenBytes()).isEqualTo(90);
    share.close();
    assertThat(budget.takenBytes()).isZero();
  }

  @Test
  void acquiresNothingOnceClosed() {
    UploadBudget.Share share = share(10);
    share.close();
    assertThat(share.use(1)).isFalse();
    share.trim();
    assertThat(budget.takenBytes()).isZero();
  }

  private UploadBudget.Share share(long bytes) {
    return budget.reserve(bytes).orElseThrow();
  }
}

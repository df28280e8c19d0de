package io.pulsegate.server.letters;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Event;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.server.state.AuditLog;
import io.pulsegate.server.state.Change;
import io.pulsegate.server.state.Letters;
import io.pulsegate.server.state.Letters.Filter;
import io.pulsegate.server.state.Letters.Kept;
import io.pulsegate.server.state.StateStore;
import io.pulsegate.testkit.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LetterRetentionTest {
  @TempDir Path folder;

  private final FakeClock clock = FakeClock.atNoon();

  private static DeadLetter letter(long offset, Instant time) {
    var lane = new LaneKey(new TenantId("shop"), 1);
    var event =
        new Event(
            "e-" + offset,
            lane.tenant(),
            "order",
            time,
            time,
            "{}",
            Source.HTTP,
            "native",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new DeadLetter(
        "log", 0, offset, 0, "db", 0, lane, event, "sink", "db", "X", "no", 1, time, time);
  }

  @Test
  void letsGoOfOldLettersWithALineInTheAuditLog() {
    try (StateStore store = StateStore.open(folder.resolve("state.db"))) {
      store.put(List.of(letter(1, clock.instant())));
      clock.advance(Duration.ofDays(20));
      store.put(List.of(letter(2, clock.instant())));
      clock.advance(Duration.ofDays(11));
      var letters = new Letters(store);
      try (var forEver = new LetterRetention(letters, Duration.ZERO, clock)) {
        forEver.look();
      }
      assertThat(letters.find(Filter.ALL, 99, 9)).hasSize(2);
      try (var month = new LetterRetention(letters, Duration.ofDays(30), clock)) {
        month.look();
      }
      assertThat(letters.find(Filter.ALL, 99, 9)).extracting(Kept::id).containsExactly(2L);
      assertThat(new AuditLog(store).newest("", 9))
          .singleElement()
          .satisfies(change -> {
            assertThat(change.actor()).isEqualTo("retention");
            assertThat(change.detail()).startsWith("1 letters from before");
          });
    }
  }

  @Test
  void letsGoOfWhatWasRedrivenAWeekAfterItsLastFailure() {
    try (StateStore store = StateStore.open(folder.resolve("state.db"))) {
      store.put(List.of(letter(1, clock.instant())));
      var letters = new Letters(store);
      letters.redriven(
          List.of(1L), new Change(clock.instant(), "operator", "letter.redrive", "", "", ""));
      clock.advance(Duration.ofDays(8));
      try (var retention = new LetterRetention(letters, Duration.ZERO, clock)) {
        retention.look();
      }
      assertThat(letters.find(1)).isEmpty();
    }
  }
}

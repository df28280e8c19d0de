package io.pulsegate.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.CursorRecord.Straggler;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Metrics;
import io.pulsegate.core.IngestionLog.Space;
import io.pulsegate.core.RetentionPolicy;
import io.pulsegate.core.intake.HandLog;
import io.pulsegate.log.Needs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final LaneKey A = LaneKey.parse("a#1");
  private static final LaneKey B = LaneKey.parse("b#1");
  private static final RetentionPolicy TWO_HOURS =
      new RetentionPolicy(Duration.ofHours(2), 1_000_000);
  private static final Space ROOMY = new Space(100, 50, 0);
  private static final Space SHORT = new Space(49, 50, 0);

  private final HandLog log = new HandLog();
  private long windowStart = Long.MAX_VALUE;
  private long nowSeconds = 100_000;
  private Duration reach = Duration.ZERO;
  private final Retention retention =
      new Retention(
          log,
          0,
          List.of("x", "y"),
          () -> windowStart,
          TWO_HOURS,
          () -> reach,
          () -> Instant.ofEpochSecond(nowSeconds),
          Metrics.NONE);

  @BeforeEach
  void theLogGoesFurther() {
    log.end = 1_000;
  }

  private static CursorRecord at(long head, Straggler... stragglers) {
    return new CursorRecord(1, head, 0, 0, 0, List.of(stragglers));
  }

  @Test
  void everythingIsNeededWhileOneCursorIsNotKnown() {
    retention.release("x", at(70));
    assertThat(retention.needs(ROOMY).below()).isZero();
    retention.release("y", at(50));
    assertThat(retention.needs(ROOMY).below()).isEqualTo(50);
    retention.unknown("x");
    assertThat(retention.needs(SHORT).below()).isZero();
  }

  @Test
  void eachStragglerNeedsItsOwnFromWhereItIsFurthestBehind() {
    retention.release("x", at(70, new Straggler(A, 10), new Straggler(B, 60)));
    retention.release("y", at(80, new Straggler(A, 5)));
    Needs needs = retention.needs(ROOMY);
    assertThat(needs.below()).isEqualTo(70);
    assertThat(needs.lanes()).isEqualTo(Map.of("a#1", 5L, "b#1", 60L));
  }

  @Test
  void whatDeduplicationMustFindAgainStays() {
    retention.release("x", at(70));
    retention.release("y", at(80));
    windowStart = 30;
    assertThat(retention.needs(SHORT).below()).isEqualTo(30);
  }

  @Test
  void whatNobodyNeedsStaysForTheReplayTimeWhereThereIsRoom() {
    Needs needs = retention.needs(ROOMY);
    assertThat(needs.keepFromMicros()).isEqualTo((nowSeconds - 7_200) * 1_000_000);
    assertThat(needs.keepBytesMax()).isEqualTo(1_000_000);
    reach = Duration.ofHours(1);
    assertThat(retention.needs(ROOMY)).isEqualTo(needs);
    reach = Duration.ofHours(3);
    assertThat(retention.needs(ROOMY).keepFromMicros())
        .isEqualTo((nowSeconds - 10_800) * 1_000_000);
    assertThat(needs.parkShare()).isEqualTo(0.25);
    assertThat(retention.needs(SHORT).keepFromMicros()).isEqualTo(Long.MAX_VALUE);
    assertThat(retention.needs(SHORT).parkShare()).isGreaterThan(needs.parkShare());
  }

  @Test
  void nothingGoesBecauseOfItsAgeWhileTheClockIsInDoubt() {
    nowSeconds += 86_400;
    retention.look();
    assertThat(retention.needs(ROOMY).keepFromMicros()).isEqualTo(Long.MIN_VALUE);
    assertThat(retention.needs(SHORT).keepFromMicros())
        .as("want of space has nothing to do with clocks")
        .isEqualTo(Long.MAX_VALUE);
    nowSeconds -= 86_400;
    retention.look();
    assertThat(retention.needs(ROOMY).keepFromMicros()).isPositive();
  }
}

package io.pulsegate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Code;
import io.pulsegate.api.Durability;
import io.pulsegate.api.Intake.Admission;
import io.pulsegate.api.Outcome;
import io.pulsegate.core.Rig.Sent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class IntakeTest {
  @Test
  void knowsATenantByItsKeyAlone() {
    try (Rig rig = new Rig(Map.of())) {
      assertThat(rig.engine.intake().authenticate("key3").orElseThrow().id().value())
          .isEqualTo("t3");
      assertThat(rig.engine.intake().authenticate("key")).isEmpty();
      assertThat(KeyHash.parse(KeyHash.of("key3").hex())).isEqualTo(KeyHash.of("key3"));
      assertThat(KeyHash.of("key3").toString()).doesNotContain(KeyHash.of("key3").hex());
    }
  }

  @Test
  void repliesAfterTheSyncThatCoversTheEvent() throws InterruptedException {
    var syncing = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    try (Rig rig = new Rig(Map.of())) {
      rig.send(1, "before");
      // Its sync is over, so the next one is that of the events below.
      Await.until(() -> rig.engine.log().end(0) == 1, () -> "end is " + rig.engine.log().end(0));
      rig.logDisk.beforeForce(() -> {
        syncing.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      });
      try {
        CompletableFuture<Outcome> disk = rig.sendLater(1, Rig.many("a", 3, "ok"));
        CompletableFuture<Outcome> memory = rig.sendLater(9, Rig.many("m", 2, "ok"));
        syncing.await();
        assertThat(disk).isNotDone();
        assertThat(memory.join())
            .isEqualTo(new Outcome.Accepted(Durability.MEMORY, 2, List.of(), List.of(), 0, -1));
        goOn.countDown();
        assertThat(disk.join())
            .isEqualTo(new Outcome.Accepted(Durability.DISK, 3, List.of(), List.of(), 0, 1));
      } finally {
        // Otherwise closing the engine would wait for the sync, and a failure would not come out.
        goOn.countDown();
      }
    }
  }

  @Test
  void reportsDuplicatesAndConflictsByTheirPlaceInTheRequest() {
    try (Rig rig = new Rig(Map.of())) {
      rig.send(1, "a", "b");
      var outcome =
          (Outcome.Accepted)
              rig.send(
                  1,
                  List.of(
                      new Sent("x", "ok"),
                      new Sent("a", "ok"),
                      new Sent("b", "ok", "{\"other\":true}", ""),
                      new Sent("x", "ok")));
      assertThat(outcome.accepted()).isEqualTo(1);
      assertThat(outcome.duplicates()).containsExactly(1, 2, 3);
      assertThat(outcome.conflicts()).containsExactly(2);
      assertThat(outcome.firstOffset()).isEqualTo(2);
      var again = (Outcome.Accepted) rig.send(1, "a", "x");
      assertThat(again.accepted()).isZero();
      assertThat(again.firstOffset()).isEqualTo(-1);
    }
  }

  @Test
  void answersOnceForARequestOfManyBlocks() {
    try (Rig rig = new Rig(Map.of())) {
      String big = "{\"x\":\"" + "y".repeat(7_000) + "\"}";
      List<Sent> events =
          List.of(
              new Sent("a", "ok", big, ""),
              new Sent("b", "ok", big, ""),
              new Sent("c", "ok", big, ""),
              new Sent("d", "ok", big, ""),
              new Sent("e", "ok", big, ""),
              new Sent("a", "ok", big, ""));
      assertThat(rig.blocks(1, events)).hasSizeGreaterThan(1);
      var outcome = (Outcome.Accepted) rig.send(1, events);
      assertThat(outcome.accepted()).isEqualTo(5);
      assertThat(outcome.duplicates()).containsExactly(5);
      assertThat(outcome.conflicts()).isEmpty();
    }
  }

  @Test
  void aRetryAfterACrashIsStillADuplicate() {
    Rig first = new Rig(Map.of());
    first.send(1, "a");
    first.send(1, "b", "a");
    first.close();
    first.logDisk.kill();
    first.cursorDisk.kill();
    try (Rig rig = first.restarted(Map.of(), 1 << 20, 2)) {
      var outcome = (Outcome.Accepted) rig.send(1, "a", "b", "c");
      assertThat(outcome.duplicates()).containsExactly(0, 1);
      assertThat(rig.engine.log().totals(0).entries()).isEqualTo(3);
    }
  }

  @Test
  void theWindowOutlivesTrimmingAndARestart() {
    var database = new FakeDatabase();
    Rig first = new Rig(Map.of("db", database.sink()), Rig.FAST, 100_000);
    String big = "{\"x\":\"" + "y".repeat(4_000) + "\"}";
    for (int i = 0; i < 400; i++) {
      first.send(1, List.of(new Sent("b" + i, "ok", big, "")));
    }
    Await.until(() -> first.engine.log().start(0) > 0, () -> "nothing was trimmed");
    first.awaitSettled("db");
    first.close();
    try (Rig rig = first.restarted(Map.of("db", database.sink()), 100_000, 2)) {
      // 8 bytes of log for a byte of memory: 800,000 bytes are 199 events of 4,008.
      for (int i = 215; i < 400; i++) {
        var outcome = (Outcome.Accepted) rig.send(1, List.of(new Sent("b" + i, "ok", big, "")));
        assertThat(outcome.duplicates()).as("b%d", i).containsExactly(0);
      }
    }
  }

  @Test
  void bytesArePermittedPerTenantAndForAll() {
    try (Rig rig = new Rig(Map.of())) {
      var intake = rig.engine.intake();
      var granted = (Admission.Granted) intake.admit(rig.tenant(1), 200 << 10);
      assertThat(granted.permit().extend(100 << 10)).isFalse();
      assertThat(granted.permit().extend(56 << 10)).isTrue();
      var refused = (Admission.Refused) intake.admit(rig.tenant(1), 1);
      var throttled = (Outcome.Throttled) refused.outcome();
      assertThat(throttled.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
      for (int i = 2; i <= 4; i++) {
        assertThat(intake.admit(rig.tenant(i), 256 << 10)).isInstanceOf(Admission.Granted.class);
      }
      var full = (Admission.Refused) intake.admit(rig.tenant(5), 1);
      assertThat(((Outcome.Unavailable) full.outcome()).code()).isEqualTo(Code.UNAVAILABLE);
      granted.permit().close();
      granted.permit().close();
      assertThat(intake.admit(rig.tenant(5), 256 << 10)).isInstanceOf(Admission.Granted.class);
      assertThat(intake.admit(rig.tenant(6), 1)).isInstanceOf(Admission.Refused.class);
    }
  }

  @Test
  void afterAFailedSyncNothingIsAcknowledgedAndTheOwnerIsTold() throws InterruptedException {
    var told = new CountDownLatch(1);
    try (Rig rig = new Rig(Map.of())) {
      rig.send(1, "a");
      rig.engine.onFailure(reason -> told.countDown());
      rig.logDisk.failForce(1);
      Outcome outcome = rig.send(1, "b");
      assertThat(((Outcome.Unavailable) outcome).code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(rig.send(1, "c")).isInstanceOf(Outcome.Unavailable.class);
      told.await();
      assertThat(rig.engine.intake().readiness().accepting()).isFalse();
      assertThat(rig.engine.intake().admit(rig.tenant(1), 1)).isInstanceOf(Admission.Refused.class);
    }
  }

  @Test
  void aFullDiskRefusesAndResumesByItself() {
    try (Rig rig = new Rig(Map.of())) {
      rig.send(1, "a");
      rig.logDisk.usableBytes(100);
      var refused = (Outcome.Unavailable) rig.send(1, "b");
      assertThat(refused.reason()).contains("reserve");
      assertThat(rig.engine.intake().readiness().accepting()).isFalse();
      rig.logDisk.usableBytes(1 << 30);
      assertThat(rig.engine.intake().readiness().accepting()).isTrue();
      assertThat(rig.send(1, "b")).isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void aFullDiskIsNotHeldByWhatDeduplicationRemembers() {
    var database = new FakeDatabase();
    try (Rig rig = new Rig(Map.of("db", database.sink()))) {
      String large = "{\"x\":\"" + "y".repeat(7_000) + "\"}";
      for (int i = 0; i < 100; i++) {
        rig.send(1, List.of(new Rig.Sent("e" + i, "ok", large, "")));
      }
      rig.awaitSettled("db");
      assertThat(rig.engine.log().start(0)).isZero();
      rig.logDisk.usableBytes(100);
      assertThat(rig.send(1, "more")).isInstanceOf(Outcome.Unavailable.class);
      Await.until(() -> rig.engine.log().start(0) > 0, () -> rig.engine.log().state().toString());
      rig.logDisk.usableBytes(1 << 30);
      assertThat(rig.send(1, "e1")).isInstanceOf(Outcome.Accepted.class);
      rig.awaitSettled("db");
      assertThat(database.ids()).hasSize(100).doesNotHaveDuplicates();
    }
  }

  private static void limit(Rig rig, int tenant, Quotas quotas) {
    Tenants now = rig.engine.tenants().current();
    rig.engine
        .tenants()
        .replace(
            Tenants.of(
                now.all().stream()
                    .map(each ->
                        each.id().value().equals("t" + tenant)
                            ? new TenantConfig(
                                each.id(),
                                each.incarnation(),
                                new TenantSettings(each.access(), quotas, each.terms(), List.of()))
                            : each)
                    .toList()));
  }

  @Test
  void aTenantOverItsRateIsThrottledAlone() {
    try (Rig rig = new Rig(Map.of())) {
      long none = Quotas.UNLIMITED;
      limit(rig, 1, new Quotas(1, none, none, none, none));
      assertThat(rig.send(1, "a", "b", "c")).isInstanceOf(Outcome.Accepted.class);
      var throttled = (Outcome.Throttled) rig.send(1, "d");
      assertThat(throttled.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
      assertThat(rig.engine.intake().admit(rig.tenant(1), 1)).isInstanceOf(Admission.Refused.class);
      assertThat(rig.send(2, "d")).isInstanceOf(Outcome.Accepted.class);
      assertThat(rig.engine.log().totals(0).entries()).isEqualTo(4);
      limit(rig, 1, Quotas.NONE);
      assertThat(rig.send(1, "d")).isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void aTenantOverItsBacklogIsRefusedAloneUntilItsSinkHasCaughtUp() {
    var database = new FakeDatabase();
    database.down(true);
    try (Rig rig = new Rig(Map.of("db", database.sink()))) {
      long none = Quotas.UNLIMITED;
      limit(rig, 1, new Quotas(none, none, 10, none, none));
      var intake = rig.engine.intake();
      rig.send(1, "a", "b");
      rig.send(2, "a", "b");
      var refused = (Admission.Refused) intake.admit(rig.tenant(1), 1);
      assertThat(((Outcome.Throttled) refused.outcome()).limit()).contains("waiting for a sink");
      var other = (Admission.Granted) intake.admit(rig.tenant(2), 1);
      other.permit().close();
      database.down(false);
      rig.awaitSettled("db");
      assertThat(intake.admit(rig.tenant(1), 1)).isInstanceOf(Admission.Granted.class);
    }
  }

  @Test
  void nothingIsHeldAgainstATenantWhileItIsNotKnownWhatIsOwed() {
    var database = new FakeDatabase();
    Rig first = new Rig(Map.of("db", database.sink()));
    first.send(1, "a", "b");
    first.awaitSettled("db");
    first.close();
    database.down(true);
    try (Rig rig = first.restarted(Map.of("db", database.sink()), 1 << 20, 2)) {
      long none = Quotas.UNLIMITED;
      limit(rig, 1, new Quotas(none, none, 10, none, none));
      var intake = rig.engine.intake();
      var granted = (Admission.Granted) intake.admit(rig.tenant(1), 1);
      granted.permit().close();
      rig.send(1, "c", "d");
      assertThat(intake.admit(rig.tenant(1), 1)).isInstanceOf(Admission.Refused.class);
      database.down(false);
      rig.awaitSettled("db");
      assertThat(intake.admit(rig.tenant(1), 1)).isInstanceOf(Admission.Granted.class);
    }
  }

  @Test
  void aQuotaOfBytesInFlightCountsAgainstOthersOnly() {
    try (Rig rig = new Rig(Map.of())) {
      long none = Quotas.UNLIMITED;
      limit(rig, 1, new Quotas(none, none, none, 1_000, none));
      var intake = rig.engine.intake();
      var alone = (Admission.Granted) intake.admit(rig.tenant(1), 5_000);
      assertThat(alone.permit().extend(5_000)).isTrue();
      assertThat(intake.admit(rig.tenant(1), 10)).isInstanceOf(Admission.Refused.class);
      alone.permit().close();
      var first = (Admission.Granted) intake.admit(rig.tenant(1), 500);
      assertThat(intake.admit(rig.tenant(1), 500)).isInstanceOf(Admission.Granted.class);
      assertThat(first.permit().extend(1)).isFalse();
    }
  }
}

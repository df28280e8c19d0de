package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmentedLogTest {
  private final SimulatedDisk disk = new SimulatedDisk();

  @Test
  void whoReadsAtTheEndAsksTheDiskForNothing() {
    var random = new java.util.SplittableRandom(7);
    try (var log = Logs.open(disk);
        var head = log.reader(0, Optional.empty());
        var lane = log.reader(0, Optional.of("lane1"))) {
      Logs.append(log, "lane1", "first");
      assertThat(Logs.texts(head.poll(1))).containsExactly("first");
      assertThat(Logs.texts(lane.poll(1))).containsExactly("first");
      long reads = disk.reads();
      for (int i = 0; i < 200; i++) {
        String text = "text " + i + "x".repeat(random.nextInt(3_000));
        Logs.append(log, "lane" + i % 2, text);
        assertThat(Logs.texts(head.poll(1))).containsExactly(text);
        if (i % 2 == 1) {
          assertThat(Logs.texts(lane.poll(1))).containsExactly(text);
        }
      }
      assertThat(disk.reads() - reads)
          .as("but for a look at each segment when it is left behind and the next begun")
          .isLessThan(log.stats().segments() * 4L);
    }
  }

  @Test
  void readsBackWhatWasAppendedInOrder() {
    try (var log = Logs.open(disk)) {
      for (int i = 0; i < 50; i++) {
        assertThat(Logs.append(log, "lane" + i % 3, "body " + i)).isEqualTo(i);
      }
      List<Frame> frames = Logs.all(log);
      assertThat(Logs.texts(frames))
          .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "body " + i).toList());
      assertThat(frames).extracting(Frame::lane).startsWith("lane0", "lane1", "lane2", "lane0");
      assertThat(frames).extracting(Frame::generation).containsOnly(1L);
      assertThat(log.end()).isEqualTo(50);
      assertThat(log.endAtOpen()).isZero();
    }
  }

  @Test
  void goesOnAfterACleanCloseWithoutAGapAndWithAHigherGeneration() {
    String id;
    try (var log = Logs.open(disk)) {
      id = log.id();
      Logs.append(log, "a", "one");
    }
    try (var log = Logs.open(disk)) {
      assertThat(log.id()).isEqualTo(id);
      assertThat(log.generation()).isEqualTo(2);
      assertThat(log.endAtOpen()).isEqualTo(1);
      assertThat(Logs.append(log, "a", "two")).isEqualTo(1);
      assertThat(Logs.texts(Logs.all(log))).containsExactly("one", "two");
      assertThat(log.stats().segments()).isEqualTo(2);
    }
  }

  @Test
  void completesOnlyAfterTheSyncThatCoversIt() throws Exception {
    try (var log = Logs.open(disk)) {
      Logs.append(log, "a", "first");
      var entered = new CountDownLatch(1);
      var go = new CountDownLatch(1);
      disk.beforeForce(() -> {
        entered.countDown();
        awaitQuietly(go);
      });
      TestAppend second = TestAppend.of("a", "second");
      log.append(second);
      assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(second.isDone()).isFalse();
      assertThat(log.end()).isEqualTo(1);
      assertThat(Logs.texts(Logs.all(log))).containsExactly("first");
      assertThat(log.totals("a").entries()).isEqualTo(1);
      go.countDown();
      assertThat(second.awaitOffset()).isEqualTo(1);
      assertThat(Logs.texts(Logs.all(log))).containsExactly("first", "second");
    }
  }

  @Test
  void everythingThatArrivesDuringASyncJoinsTheNextCommit() throws Exception {
    try (var log = Logs.open(disk)) {
      Logs.append(log, "a", "first");
      long commits = log.stats().commits();
      var entered = new CountDownLatch(1);
      var go = new CountDownLatch(1);
      disk.beforeForce(() -> {
        entered.countDown();
        awaitQuietly(go);
      });
      var appends = new ArrayList<TestAppend>();
      for (int i = 0; i < 20; i++) {
        appends.add(TestAppend.of("a", "x" + i));
        log.append(appends.getLast());
        if (i == 0) {
          assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        }
      }
      go.countDown();
      appends.forEach(TestAppend::awaitOffset);
      assertThat(log.stats().commits()).isEqualTo(commits + 2);
    }
  }

  @Test
  void aFailedSyncFinishesTheLog() throws Exception {
    var told = new CompletableFuture<LogException>();
    try (var log = Logs.open(disk)) {
      log.onFailure(told::complete);
      Logs.append(log, "a", "kept");
      disk.failForce(1);
      TestAppend lost = TestAppend.of("a", "not synced");
      log.append(lost);
      assertThat(lost.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.FAILED));
      long forces = disk.forces();
      TestAppend later = TestAppend.of("a", "later");
      assertThat(log.append(later)).isFalse();
      assertThat(later.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.FAILED));
      assertThat(told.get(10, TimeUnit.SECONDS).code()).isEqualTo(LogException.Code.IO_FAILED);
      assertThat(log.state().status()).isEqualTo(LogState.Status.FAILED);
      assertThat(log.end()).isEqualTo(1);
      assertThat(Logs.texts(Logs.all(log))).containsExactly("kept");
      assertThat(disk.forces()).as("a failed sync is never tried again").isEqualTo(forces);
    }
    disk.kill();
    try (var log = Logs.open(disk)) {
      // Seen in the page cache though never synced: recovery may keep it, but then makes it
      // durable.
      List<String> seen = Logs.texts(Logs.all(log));
      assertThat(seen).startsWith("kept");
      disk.crash(new java.util.SplittableRandom(7));
      try (var again = Logs.open(disk)) {
        assertThat(Logs.texts(Logs.all(again))).isEqualTo(seen);
      }
    }
  }

  @Test
  void refusesWhatWaitsWhenAWriteFails() throws Exception {
    try (var log = Logs.open(disk)) {
      Logs.append(log, "a", "kept");
      var entered = new CountDownLatch(1);
      var go = new CountDownLatch(1);
      disk.beforeForce(() -> {
        entered.countDown();
        awaitQuietly(go);
      });
      var appends = new ArrayList<TestAppend>();
      for (int i = 0; i < 5; i++) {
        appends.add(TestAppend.of("a", "x" + i));
        log.append(appends.getLast());
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
      }
      disk.failForce(1);
      go.countDown();
      for (TestAppend append : appends) {
        assertThat(append.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.FAILED));
      }
      assertThat(log.stats().pendingBytes()).isZero();
    }
  }

  @Test
  void meetsAFullDiskBeforeAWriteAndResumesByItself() {
    try (var log = Logs.open(disk)) {
      disk.usableBytes(Logs.SMALL.reserveBytes() + 200_000);
      int taken = 0;
      while (true) {
        var append = new TestAppend("a", new byte[10_000], 1);
        log.append(append);
        if (append.await() instanceof TestAppend.Outcome.Refused(Refusal reason)) {
          assertThat(reason).isEqualTo(Refusal.DISK_FULL);
          break;
        }
        taken++;
      }
      assertThat(taken).isBetween(3, 20);
      assertThat(disk.usableBytes()).isGreaterThanOrEqualTo(Logs.SMALL.reserveBytes());
      assertThat(disk.wroteWithoutSpace()).isFalse();
      assertThat(log.state().status()).isEqualTo(LogState.Status.DISK_FULL);
      assertThat(Logs.all(log)).hasSize(taken);

      disk.usableBytes(10 << 20);
      assertThat(log.state().status()).isEqualTo(LogState.Status.ACCEPTING);
      assertThat(Logs.append(log, "a", "again")).isEqualTo(taken);
    }
  }

  @Test
  void resumesAtTheNextAppendTooWhenNobodyAsksForTheState() {
    try (var log = Logs.open(disk)) {
      disk.usableBytes(1000);
      TestAppend refused = TestAppend.of("a", "no");
      log.append(refused);
      assertThat(refused.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.DISK_FULL));
      disk.usableBytes(10 << 20);
      assertThat(Logs.append(log, "a", "yes")).isZero();
    }
  }

  @Test
  void admitsNothingThatAFullDiskRefuses() {
    try (var log = Logs.open(disk)) {
      disk.usableBytes(1000);
      var admitted = new AtomicReference<>(false);
      var append =
          new TestAppend(
              "a",
              new byte[1],
              1,
              _ -> {
                admitted.set(true);
                return new Admitted(1, 1);
              });
      log.append(append);
      assertThat(append.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.DISK_FULL));
      assertThat(admitted.get()).isFalse();
    }
  }

  @Test
  void refusesToOpenOnAFullDiskAndSaysWhatToDo() {
    disk.usableBytes(100);
    assertThatThrownBy(() -> Logs.open(disk))
        .isInstanceOfSatisfying(
            LogException.class, e -> assertThat(e.code()).isEqualTo(LogException.Code.DISK_FULL))
        .hasMessageContaining("Free some space");
  }

  @Test
  void boundsWhatIsPending() throws Exception {
    try (var log = Logs.open(Logs.SMALL.withPendingBytesMax(40_000), disk)) {
      Logs.append(log, "a", "first");
      var entered = new CountDownLatch(1);
      var go = new CountDownLatch(1);
      disk.beforeForce(() -> {
        entered.countDown();
        awaitQuietly(go);
      });
      var first = new TestAppend("a", new byte[16_000], 1);
      var second = new TestAppend("a", new byte[16_000], 1);
      var third = new TestAppend("a", new byte[16_000], 1);
      assertThat(log.append(first)).isTrue();
      assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(log.append(second)).isTrue();
      assertThat(log.append(third)).isFalse();
      assertThat(third.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.BUSY));
      go.countDown();
      first.awaitOffset();
      second.awaitOffset();
      assertThat(log.append(new TestAppend("a", new byte[16_000], 1))).isTrue();
    }
  }

  @Test
  void storesNothingAndTakesNoOffsetForWhatIsNotAdmitted() {
    try (var log = Logs.open(disk)) {
      Logs.append(log, "a", "one");
      var duplicate = new TestAppend("a", new byte[10], 3, _ -> Admitted.NOTHING);
      log.append(duplicate);
      assertThat(duplicate.awaitOffset()).isEqualTo(-1);
      assertThat(Logs.append(log, "a", "two")).isEqualTo(1);
      assertThat(Logs.texts(Logs.all(log))).containsExactly("one", "two");
    }
  }

  @Test
  void aDuplicateInTheSameCommitCompletesWithIt() throws Exception {
    try (var log = Logs.open(disk)) {
      Logs.append(log, "a", "first");
      long commits = log.stats().commits();
      var entered = new CountDownLatch(1);
      var go = new CountDownLatch(1);
      disk.beforeForce(() -> {
        entered.countDown();
        awaitQuietly(go);
      });
      var duplicate = new TestAppend("a", new byte[10], 1, _ -> Admitted.NOTHING);
      var original =
          new TestAppend(
              "a",
              new byte[10],
              1,
              _ -> {
                log.append(duplicate);
                return new Admitted(1, 10);
              });
      log.append(original);
      assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(original.isDone()).isFalse();
      assertThat(duplicate.isDone()).isFalse();
      go.countDown();
      assertThat(original.awaitOffset()).isEqualTo(1);
      assertThat(duplicate.awaitOffset()).isEqualTo(-1);
      assertThat(log.stats().commits()).isEqualTo(commits + 1);
    }
  }

  @Test
  void takesTheBodyAsAdmitLeftIt() {
    try (var log = Logs.open(disk)) {
      byte[] body = {1, 2, 3};
      var marked =
          new TestAppend(
              "a",
              body,
              3,
              firstOffset -> {
                body[1] = (byte) (40 + firstOffset);
                return new Admitted(2, 20);
              });
      log.append(marked);
      marked.awaitOffset();
      Frame frame = Logs.all(log).getFirst();
      assertThat(Logs.bytes(frame)).containsExactly(1, 40, 3);
      assertThat(frame.live()).isEqualTo(new Admitted(2, 20));
      assertThat(log.totals()).isEqualTo(new Totals(2, 20));
      assertThat(log.end()).isEqualTo(3);
    }
  }

  @Test
  void anAppendWhoseAdmitFailsHarmsOnlyItself() {
    try (var log = Logs.open(disk)) {
      var broken =
          new TestAppend(
              "a",
              new byte[1],
              1,
              _ -> {
                throw new IllegalStateException("bug in the caller");
              });
      log.append(broken);
      assertThat(broken.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.FAILED));
      assertThat(Logs.append(log, "a", "fine")).isZero();
    }
  }

  @Test
  void whatACallbackThrowsHarmsNobodyElse() {
    try (var log = Logs.open(disk)) {
      var others = new ArrayList<TestAppend>();
      var broken =
          new BrokenAppend(
              () -> {
                for (int i = 0; i < 5; i++) {
                  others.add(TestAppend.of("a", "beside the broken one " + i));
                  log.append(others.getLast());
                }
              },
              false);
      log.append(broken);
      broken.told().join();
      others.forEach(TestAppend::awaitOffset);
      assertThat(others).hasSize(5);
      assertThat(Logs.append(log, "a", "the log goes on")).isEqualTo(6);
      assertThat(log.stats().pendingBytes()).isZero();
    }
  }

  @Test
  void anErrorInAdmitFinishesTheLogAndEveryAppendIsTold() throws Exception {
    var told = new CompletableFuture<LogException>();
    try (var log = Logs.open(disk)) {
      Logs.append(log, "a", "kept");
      log.onFailure(told::complete);
      var others = new ArrayList<TestAppend>();
      var broken =
          new BrokenAppend(
              () -> {
                for (int i = 0; i < 5; i++) {
                  others.add(TestAppend.of("a", "behind the broken one " + i));
                  log.append(others.getLast());
                }
              },
              true);
      log.append(broken);
      assertThat(told.get(10, TimeUnit.SECONDS).code()).isEqualTo(LogException.Code.IO_FAILED);
      broken.told().join();
      assertThat(others).hasSize(5);
      others.forEach(append ->
          assertThat(append.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.FAILED)));
      assertThat(log.stats().pendingBytes()).isZero();
      assertThat(log.state().status()).isEqualTo(LogState.Status.FAILED);
    }
    try (var log = Logs.open(disk)) {
      assertThat(Logs.texts(Logs.all(log))).containsExactly("kept");
    }
  }

  @Test
  void anAppendThatContradictsItsAdmitFinishesTheLog() {
    try (var log = Logs.open(disk)) {
      var append = new TestAppend("a", new byte[1], 1, _ -> new Admitted(2, 1));
      log.append(append);
      assertThat(append.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.FAILED));
      TestAppend later = TestAppend.of("a", "later");
      log.append(later);
      assertThat(later.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.FAILED));
    }
  }

  /// Throws an error whenever it is told something.
  private record BrokenAppend(Runnable onAdmit, boolean admitFails, CompletableFuture<Boolean> told)
      implements Append {
    BrokenAppend(Runnable onAdmit, boolean admitFails) {
      this(onAdmit, admitFails, new CompletableFuture<>());
    }

    @Override
    public String lane() {
      return "broken";
    }

    @Override
    public ByteBuffer body() {
      return ByteBuffer.allocate(10);
    }

    @Override
    public int count() {
      return 1;
    }

    @Override
    public Admitted admit(long firstOffset) {
      onAdmit.run();
      if (admitFails) {
        throw new StackOverflowError("on purpose");
      }
      return new Admitted(1, 1);
    }

    @Override
    public void durable(long firstOffset, long receivedMicros) {
      told.complete(true);
      throw new StackOverflowError("on purpose");
    }

    @Override
    public void refused(Refusal reason) {
      told.complete(false);
      throw new StackOverflowError("on purpose");
    }
  }

  @Test
  void refusesBadArgumentsAtOnce() {
    try (var log = Logs.open(disk)) {
      assertThatThrownBy(() -> log.append(TestAppend.of("", "x")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> log.append(TestAppend.of("é".repeat(81), "x")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> log.append(TestAppend.of("\ud800", "x")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> log.append(new TestAppend("a", new byte[17 << 10], 1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> log.append(new TestAppend("a", new byte[1], 65_536)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(log.stats().pendingBytes()).isZero();
      log.append(TestAppend.of("é".repeat(80), "fits"));
      assertThat(Logs.append(log, "\ud83d\ude00".repeat(40), "fits too")).isEqualTo(1);
      assertThat(Logs.lane(log, "é".repeat(80))).hasSize(1);
    }
  }

  @Test
  void rollsSegmentsAndTrimsThoseWhollyBelow() {
    try (var log = Logs.open(disk)) {
      for (int i = 0; i < 40; i++) {
        var append = new TestAppend("a", new byte[8000], 10);
        log.append(append);
        append.awaitOffset();
      }
      assertThat(log.stats().segments()).isGreaterThan(4);
      log.trim(205);
      assertThat(log.start()).isBetween(100L, 205L);
      assertThat(Logs.all(log).getFirst().firstOffset()).isEqualTo(log.start());
      assertThat(log.stats().segments()).isLessThan(5);
      log.trim(Long.MAX_VALUE);
      assertThat(log.stats().segments()).isEqualTo(1);
      assertThat(Logs.all(log)).isNotEmpty();
      assertThat(log.totals("a").entries()).isEqualTo(400);
    }
    try (var log = Logs.open(disk)) {
      assertThat(log.endAtOpen()).isEqualTo(400);
      assertThat(log.totals("a").entries()).isEqualTo(400);
    }
  }

  @Test
  void doesNotForgetASegmentWhoseFileCouldNotBeDeleted() {
    try (var log = Logs.open(disk)) {
      for (int i = 0; i < 40; i++) {
        Logs.append(log, "a", "x".repeat(8000));
      }
      int segments = log.stats().segments();
      for (int failing = 1; failing <= 4; failing++) {
        disk.failCall(failing);
        assertThatThrownBy(() -> log.trim(30))
            .isInstanceOfSatisfying(
                LogException.class,
                e -> assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED));
        assertThat(log.stats().segments())
            .as("every file counts until it is deleted")
            .isEqualTo(disk.names().stream().filter(Format::isSegmentName).count());
      }
      log.trim(30);
      assertThat(log.stats().segments()).isLessThan(segments - 3);
      assertThat(disk.names().stream().filter(Format::isSegmentName).findFirst())
          .as("nothing is left below the start")
          .hasValue(Format.segmentName(log.start(), log.generation()));
    }
  }

  @Test
  void aReaderThatIsInsideATrimmedSegmentGoesOn() {
    try (var log = Logs.open(disk)) {
      for (int i = 0; i < 40; i++) {
        Logs.append(log, "a", "x".repeat(8000));
      }
      try (LogReader behind = log.reader(0, Optional.empty());
          LogReader waiting = log.reader(0, Optional.empty())) {
        assertThat(behind.poll(1)).hasSize(1);
        log.trim(Long.MAX_VALUE);
        assertThat(waiting.poll(1).getFirst().firstOffset()).isEqualTo(log.start());
        long last = 0;
        List<Frame> frames = behind.poll(1);
        while (!frames.isEmpty()) {
          last = frames.getFirst().firstOffset();
          frames = behind.poll(1);
        }
        assertThat(last).isEqualTo(39);
      }
    }
  }

  @Test
  void aReaderOfALaneSeesItsFramesOnlyAndMovesOnPastTheOthers() {
    try (var log = Logs.open(disk)) {
      for (int i = 0; i < 200; i++) {
        Logs.append(log, i % 40 == 7 ? "rare" : "busy", i + "x".repeat(1000));
      }
      assertThat(Logs.lane(log, "rare"))
          .extracting(Frame::firstOffset)
          .containsExactly(7L, 47L, 87L, 127L, 167L);
      assertThat(Logs.lane(log, "busy")).hasSize(195);
      assertThat(Logs.lane(log, "none")).isEmpty();
      try (LogReader reader = log.reader(0, Optional.of("none"))) {
        assertThat(reader.poll(1)).isEmpty();
        assertThat(reader.offset()).isEqualTo(200);
      }
    }
    try (var log = Logs.open(disk)) {
      assertThat(Logs.lane(log, "rare")).hasSize(5);
      assertThat(Logs.read(log.reader(48, Optional.of("rare")))).hasSize(3);
    }
  }

  @Test
  void aReaderBeginsAtTheFrameThatHoldsTheOffsetAndEndsAtItsBound() {
    try (var log = Logs.open(disk)) {
      for (int i = 0; i < 100; i++) {
        var append = new TestAppend("a", new byte[2000], 10);
        log.append(append);
        append.awaitOffset();
      }
      for (long from : new long[] {0, 1, 9, 10, 455, 500, 999}) {
        List<Frame> frames = Logs.read(log.reader(from, Optional.empty()));
        assertThat(frames.getFirst().firstOffset()).isEqualTo(from / 10 * 10);
        assertThat(frames).hasSize((int) (100 - from / 10));
      }
      assertThat(Logs.read(log.reader(1000, Optional.empty()))).isEmpty();
      try (LogReader reader = log.reader(455, Optional.empty(), 471)) {
        assertThat(reader.poll(1 << 20))
            .extracting(Frame::firstOffset)
            .containsExactly(450L, 460L, 470L);
        assertThat(reader.poll(1 << 20)).isEmpty();
      }
    }
  }

  @Test
  void awaitsTheEnd() throws Exception {
    var log = Logs.open(disk);
    assertThat(log.awaitEnd(0, 1)).isZero();
    var waiting = new CompletableFuture<Long>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            waiting.complete(log.awaitEnd(0, TimeUnit.MINUTES.toNanos(1)));
          } catch (InterruptedException e) {
            waiting.completeExceptionally(e);
          }
        });
    Logs.append(log, "a", "x");
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    log.close();
    assertThat(log.awaitEnd(1, TimeUnit.MINUTES.toNanos(1))).isEqualTo(1);
  }

  @Test
  void framesCarryTheTotalsBeforeThem() {
    try (var log = Logs.open(disk)) {
      Logs.append(log, "a", "12345");
      Logs.append(log, "b", "123");
      Logs.append(log, "a", "1");
    }
    try (var log = Logs.open(disk)) {
      Logs.append(log, "a", "12");
      List<Frame> frames = Logs.all(log);
      assertThat(frames)
          .extracting(Frame::laneBefore)
          .containsExactly(new Totals(0, 0), new Totals(0, 0), new Totals(1, 5), new Totals(2, 6));
      assertThat(frames)
          .extracting(Frame::logBefore)
          .containsExactly(new Totals(0, 0), new Totals(1, 5), new Totals(2, 8), new Totals(3, 9));
      assertThat(log.totals("a")).isEqualTo(new Totals(3, 8));
      assertThat(log.totals("b")).isEqualTo(new Totals(1, 3));
      assertThat(log.totals("c")).isEqualTo(Totals.ZERO);
      assertThat(log.totals()).isEqualTo(new Totals(4, 11));
      assertThat(log.totalsAt(0)).isEqualTo(Map.of());
      assertThat(log.totalsAt(2)).isEqualTo(Map.of("a", new Totals(1, 5), "b", new Totals(1, 3)));
      assertThat(log.totalsAt(4)).isEqualTo(Map.of("a", new Totals(3, 8), "b", new Totals(1, 3)));
    }
  }

  @Test
  void receivedTimeNeverDecreasesAndCanBeSearched() {
    var now = new AtomicReference<>(Instant.ofEpochSecond(1000));
    try (var log = Logs.open(Logs.SMALL, disk, now::get)) {
      for (int i = 0; i < 100; i++) {
        now.set(Instant.ofEpochSecond(1000 + i));
        Logs.append(log, "a", "x".repeat(2000));
      }
      now.set(Instant.ofEpochSecond(500));
      Logs.append(log, "a", "clock stepped back");
    }
    disk.kill();
    try (var log = Logs.open(Logs.SMALL, disk, now::get)) {
      Logs.append(log, "a", "after a restart");
      List<Long> times = Logs.all(log).stream().map(Frame::receivedMicros).toList();
      assertThat(times).isSorted().hasSize(102);
      assertThat(times.getLast()).isEqualTo(1_099_000_000);
      for (int i = 1; i < 100; i++) {
        assertThat(log.offsetAt(Instant.ofEpochSecond(1000 + i))).isEqualTo(OptionalLong.of(i));
        assertThat(log.offsetAt(Instant.ofEpochSecond(1000 + i).minusMillis(1)))
            .isEqualTo(OptionalLong.of(i));
      }
      assertThat(log.offsetAt(Instant.ofEpochSecond(1))).isEqualTo(OptionalLong.of(0));
      assertThat(log.offsetAt(Instant.ofEpochSecond(2000))).isEmpty();
      assertThat(log.offsetAt(Instant.MAX)).isEmpty();
    }
  }

  @Test
  void finishesWhatWasAppendedBeforeItCloses() {
    var appends = new ArrayList<TestAppend>();
    var log = Logs.open(disk);
    for (int i = 0; i < 100; i++) {
      appends.add(TestAppend.of("a", "x" + i));
      log.append(appends.getLast());
    }
    log.close();
    assertThat(appends).allMatch(TestAppend::isDone);
    TestAppend late = TestAppend.of("a", "late");
    assertThat(log.append(late)).isFalse();
    assertThat(late.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.CLOSED));
    assertThat(log.state().status()).isEqualTo(LogState.Status.CLOSED);
    disk.crash(new java.util.SplittableRandom(1));
    try (var again = Logs.open(disk)) {
      assertThat(Logs.all(again)).hasSize(100);
      assertThat(again.stats().tornBytes()).isZero();
    }
  }

  @Test
  void everyAppendHasItsOutcomeWhenItIsClosedUnderLoad() {
    for (int round = 0; round < 300; round++) {
      var log = Logs.open(new SimulatedDisk());
      var appends = new ArrayList<TestAppend>();
      Thread appending =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 20; i++) {
                  appends.add(TestAppend.of("a", "x" + i));
                  log.append(appends.getLast());
                }
              });
      log.close();
      joinQuietly(appending);
      assertThat(appends).hasSize(20).allMatch(TestAppend::isDone);
      assertThat(log.stats().pendingBytes()).isZero();
    }
  }

  private static void joinQuietly(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void isOpenOnlyOnce() {
    try (var log = Logs.open(disk)) {
      assertThatThrownBy(() -> Logs.open(disk))
          .isInstanceOfSatisfying(
              LogException.class, e -> assertThat(e.code()).isEqualTo(LogException.Code.LOCKED));
      assertThat(log.end()).isZero();
    }
    Logs.open(disk).close();
  }

  @Test
  void doesNotCreateFilesForARestartWithoutAppends() {
    Logs.open(disk).close();
    Logs.open(disk).close();
    try (var log = Logs.open(disk)) {
      assertThat(log.stats().segments()).isZero();
      assertThat(log.generation()).isEqualTo(3);
    }
  }

  static void awaitQuietly(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody went on");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

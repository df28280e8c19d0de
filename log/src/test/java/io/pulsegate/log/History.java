package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// What was asked of a log over all its lives, and what it answered; checks that a log opened again
/// agrees. Bodies are texts, each used once.
final class History {
  private final Map<String, TestAppend> appends = new ConcurrentHashMap<>();
  private volatile long admittedEnd; // behind every offset ever given a place
  private volatile long admittedEndOfEarlierLives;
  private final List<Needs> released = new CopyOnWriteArrayList<>();

  /// An append that enters its outcome here.
  TestAppend append(String lane, String body, int count, Runnable onAdmit) {
    var append =
        new TestAppend(
            lane,
            body.getBytes(java.nio.charset.StandardCharsets.UTF_8),
            count,
            firstOffset -> {
              assertThat(firstOffset)
                  .as("offsets are never used twice, not even those of a torn tail")
                  .isGreaterThanOrEqualTo(admittedEndOfEarlierLives);
              admittedEnd = Math.max(admittedEnd, firstOffset + count);
              onAdmit.run();
              return new Admitted(count, body.length());
            });
    appends.put(body, append);
    return append;
  }

  void trimmed(long below) {
    released(Needs.nothingBelow(below));
  }

  /// What was not needed may be gone from now on.
  void released(Needs needs) {
    released.add(needs);
  }

  private boolean mayBeGone(String lane, long offset, long endOffset) {
    return released.stream()
        .anyMatch(needs ->
            offset < needs.below() && needs.lanes().getOrDefault(lane, endOffset) >= endOffset);
  }

  /// Offset of each acknowledged body.
  Map<String, Long> acknowledged() {
    Map<String, Long> acknowledged = new HashMap<>();
    appends.forEach((body, append) -> {
      if (append.isDone()
          && append.await() instanceof TestAppend.Outcome.Durable(long firstOffset, long _)) {
        acknowledged.put(body, firstOffset);
      }
    });
    return acknowledged;
  }

  /// The log is opened again.
  void newLife() {
    admittedEndOfEarlierLives = admittedEnd;
  }

  /// Every acknowledged frame is there, in order, none invented, none twice.
  void check(SegmentedLog log) {
    List<Frame> frames = Logs.all(log);
    checkChain(log, frames);
    Map<String, Long> found = new HashMap<>();
    for (Frame frame : frames) {
      String body = Logs.text(frame);
      assertThat(appends).as("never appended").containsKey(body);
      assertThat(found.put(body, frame.firstOffset())).as("twice: " + body).isNull();
    }
    var missing = new HashSet<String>();
    acknowledged()
        .forEach((body, offset) -> {
          TestAppend append = Objects.requireNonNull(appends.get(body));
          boolean isNeeded = !mayBeGone(append.lane(), offset, offset + append.count());
          if ((isNeeded || offset >= log.start() || found.containsKey(body))
              && !offset.equals(found.get(body))) {
            missing.add(body + "@" + offset);
          }
        });
    assertThat(missing).as("acknowledged and lost").isEmpty();
    for (String lane : Set.copyOf(frames.stream().map(Frame::lane).toList())) {
      assertThat(Logs.texts(Logs.lane(log, lane)))
          .as("a lane alone reads what it reads among the others")
          .isEqualTo(Logs.texts(frames.stream().filter(f -> f.lane().equals(lane)).toList()));
    }
    assertThat(log.stats().damagedFrames()).isZero();
    assertThat(log.stats().damagedBytes()).isZero();
  }

  private static void checkChain(SegmentedLog log, List<Frame> frames) {
    Map<String, Totals> lanes = new HashMap<>();
    Frame last = null;
    for (Frame frame : frames) {
      if (last != null) {
        assertThat(frame.firstOffset()).isGreaterThanOrEqualTo(last.endOffset());
        assertThat(frame.sequence()).isGreaterThan(last.sequence());
        assertThat(frame.receivedMicros()).isGreaterThanOrEqualTo(last.receivedMicros());
        assertThat(frame.generation()).isGreaterThanOrEqualTo(last.generation());
      }
      if (last != null && last.firstOffset() >= log.start()) {
        assertThat(frame.sequence()).isEqualTo(last.sequence() + 1);
        assertThat(frame.logBefore()).isEqualTo(last.logAfter());
      }
      if (frame.firstOffset() >= log.start()) {
        Totals before = lanes.put(frame.lane(), frame.laneAfter());
        if (before != null) {
          assertThat(frame.laneBefore()).isEqualTo(before);
        }
      }
      last = frame;
    }
    lanes.forEach((lane, totals) -> assertThat(log.totals(lane)).isEqualTo(totals));
    if (last != null && last.firstOffset() >= log.start()) {
      assertThat(log.totals()).isEqualTo(last.logAfter());
      assertThat(log.end()).isEqualTo(last.endOffset());
      assertThat(log.generation()).isGreaterThan(last.generation());
    }
    assertThat(new ArrayList<>(log.totalsAt(log.end()).keySet())).containsAll(lanes.keySet());
  }
}

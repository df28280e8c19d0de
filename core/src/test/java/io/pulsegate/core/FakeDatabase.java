package io.pulsegate.core;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Slice;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.SliceResult;
import io.pulsegate.api.WriteResult.Unavailable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Predicate;

/// A database with transactions that outlives the engines that write to it: rows and cursors are
/// committed together or not at all. Checks on the way that each lane's rows come in log order.
///
/// An event of type `reject` is refused by name, of type `refuse` together with its whole batch.
public final class FakeDatabase {
  /// One delivered event.
  public record Row(LaneKey lane, long offset, String id, String payload) {}

  /// Whose order is looked at: live delivery and each replay have their own.
  private record Reader(String cursor, LaneKey lane) {}

  /// What goes wrong with a write; nothing where it is empty.
  public enum Fault {
    /// Nothing is committed.
    OUTAGE,
    /// All is committed, and the answer is lost.
    LOST_ANSWER,
    /// Nothing is committed: rights are missing.
    MISCONFIGURED,
    /// It throws.
    BUG
  }

  private final Map<CursorKey, CursorRecord> cursors = new HashMap<>();
  private final Map<Reader, Long> lastOffset = new HashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final List<Batch> writes = new ArrayList<>();
  private Function<Batch, Optional<Fault>> faults = batch -> Optional.empty();
  private Predicate<Slice> downFor = slice -> false;
  private boolean down;
  private int claims;
  private volatile Optional<CountDownLatch> gate = Optional.empty();

  /// Has writes go wrong; empty for those that do not.
  public synchronized void faults(Function<Batch, Optional<Fault>> newFaults) {
    faults = newFaults;
  }

  /// Has single tenants refused for the time being.
  public synchronized void downFor(Predicate<Slice> tenants) {
    downFor = tenants;
  }

  /// Has claims and writes fail, or succeed again.
  public synchronized void down(boolean isDown) {
    down = isDown;
  }

  /// Has writes wait until the gate is opened.
  public void gate(CountDownLatch newGate) {
    gate = Optional.of(newGate);
  }

  public synchronized List<Row> rows() {
    return List.copyOf(rows);
  }

  public synchronized List<String> ids() {
    return rows.stream().map(Row::id).toList();
  }

  public synchronized List<String> payloads() {
    return rows.stream().map(Row::payload).toList();
  }

  public synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /// All batches that were tried.
  public synchronized List<Batch> writes() {
    return List.copyOf(writes);
  }

  public synchronized int claims() {
    return claims;
  }

  /// The only cursor; starting at 0 where there is none.
  public synchronized CursorRecord cursor() {
    return cursors.values().stream().findFirst().orElse(CursorRecord.startingAt(0));
  }

  /// The cursor of one name; starting at 0 where there is none.
  public synchronized CursorRecord cursor(String sink) {
    return cursors.entrySet().stream()
        .filter(entry -> entry.getKey().sink().equals(sink))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(CursorRecord.startingAt(0));
  }

  public synchronized void cursor(CursorKey key, CursorRecord record) {
    cursors.put(key, record);
  }

  /// Forgets everything, as after `drop table`.
  public synchronized void forget() {
    cursors.clear();
    rows.clear();
    lastOffset.clear();
  }

  /// A sink that writes to it.
  public CursorKeepingSink sink() {
    return new Connection();
  }

  private final class Connection implements CursorKeepingSink {
    @Override
    public Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine) {
      synchronized (FakeDatabase.this) {
        claims++;
        if (down) {
          return new Claim.Failed(unavailable(WriteResult.Cause.OUTAGE, "down"));
        }
        CursorRecord stored = cursors.getOrDefault(key, initial);
        if (mine.isPresent() && stored.fence() > mine.getAsLong()) {
          return new Claim.Fenced("fence is " + stored.fence());
        }
        boolean isMine = mine.isPresent() && stored.fence() == mine.getAsLong();
        CursorRecord owned = isMine ? stored : stored.withFence(stored.fence() + 1);
        cursors.put(key, owned);
        return new Claim.Owned(owned);
      }
    }

    @Override
    public WriteResult write(Batch batch) throws InterruptedException {
      if (gate.isPresent()) {
        gate.get().await();
      }
      synchronized (FakeDatabase.this) {
        writes.add(batch);
        if (down) {
          return unavailable(WriteResult.Cause.OUTAGE, "down");
        }
        Optional<Fault> fault = faults.apply(batch);
        if (fault.isEmpty()) {
          return transact(batch);
        }
        return switch (fault.get()) {
          case OUTAGE -> unavailable(WriteResult.Cause.OUTAGE, "connection lost");
          case MISCONFIGURED -> unavailable(WriteResult.Cause.MISCONFIGURED, "no rights");
          case BUG -> throw new IllegalStateException("a bug");
          case LOST_ANSWER -> {
            WriteResult lost = transact(batch);
            yield lost instanceof WriteResult.Delivered
                ? unavailable(WriteResult.Cause.OUTAGE, "lost at commit")
                : lost;
          }
        };
      }
    }

    @Override
    public void close() {}
  }

  private static Unavailable unavailable(WriteResult.Cause cause, String reason) {
    return new Unavailable(cause, reason, Optional.empty());
  }

  private WriteResult transact(Batch batch) {
    CursorRecord stored = cursors.get(batch.cursor().key());
    if (stored == null || stored.fence() != batch.cursor().from().fence()) {
      return new WriteResult.Fenced("fence is " + stored);
    }
    if (!stored.equals(batch.cursor().from())) {
      violations.add("move from " + batch.cursor().from() + ", stored " + stored);
      return new WriteResult.Fenced("stored " + stored);
    }
    var results = new ArrayList<SliceResult>();
    boolean mixed = false;
    for (Slice slice : batch.slices()) {
      SliceResult result = judge(slice);
      results.add(result);
      mixed |= !result.rejections().isEmpty() || result.unavailable().isPresent();
    }
    if (mixed) {
      return new WriteResult.Mixed(results);
    }
    for (var event = batch.cursorOverEvents(); event.next(); ) {
      if (event.block().type(event.index()).equals("refuse")) {
        return new WriteResult.Refused("22P05", "the batch holds something bad");
      }
    }
    var now = new HashSet<Long>();
    for (var event = batch.cursorOverEvents(); event.next(); ) {
      LaneKey lane = event.slice().lane();
      // Parts of a split share their offset and come in one transaction.
      var reader = new Reader(batch.cursor().key().sink(), lane);
      long last = lastOffset.getOrDefault(reader, -1L);
      if (event.offset() < last || (event.offset() == last && !now.contains(last))) {
        violations.add("offset %d of %s out of order".formatted(event.offset(), lane));
      }
      lastOffset.put(reader, event.offset());
      now.add(event.offset());
      rows.add(
          new Row(
              lane,
              event.offset(),
              event.block().id(event.index()),
              event.block().payload(event.index())));
    }
    cursors.put(batch.cursor().key(), batch.cursor().to());
    return new WriteResult.Delivered();
  }

  private SliceResult judge(Slice slice) {
    var rejections = new ArrayList<Rejection>();
    for (Slice.Run run : slice.runs()) {
      for (int i = run.from(); i < run.to(); i++) {
        if (run.isLive(i) && run.block().type(i).equals("reject")) {
          rejections.add(new Rejection(run.offset(i), "22000", "never"));
        }
      }
    }
    return new SliceResult(
        slice.firstOffset(),
        rejections,
        downFor.test(slice)
            ? Optional.of(unavailable(WriteResult.Cause.OUTAGE, "tenant is down"))
            : Optional.empty());
  }
}

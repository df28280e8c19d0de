package io.pulsegate.ingress.http;

import io.pulsegate.api.Durability;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Intake;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// An intake that knows the key `good`, holds or answers what it is given, and watches permits.
final class FakeIntake implements Intake {
  static final String KEY = "good";
  static final int EVENT_BYTES_MAX = 48 << 20;

  /// What was handed over, waiting for its outcome.
  record Held(List<String> payloads, Consumer<Outcome> done) {
    void accept() {
      done.accept(accepted(payloads.size()));
    }
  }

  final AtomicInteger permitsGranted = new AtomicInteger();
  final AtomicInteger permitsClosed = new AtomicInteger();
  final AtomicInteger closedTwice = new AtomicInteger();
  final AtomicLong bytesAdmitted = new AtomicLong();
  final AtomicLong bytesMax = new AtomicLong(Long.MAX_VALUE);
  final List<String> payloads = new CopyOnWriteArrayList<>();
  final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
  volatile boolean holding;
  volatile Optional<Outcome.Denied> refusal = Optional.empty();
  volatile Optional<Outcome> outcome = Optional.empty();

  static Outcome accepted(int count) {
    return new Outcome.Accepted(Durability.DISK, count, List.of(), List.of(), 0, 0);
  }

  /// The next request that waits for its outcome.
  Held nextHeld() {
    try {
      Held next = held.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no request arrived at intake");
      }
      return next;
    } catch (InterruptedException interrupt) {
      throw new AssertionError(interrupt);
    }
  }

  @Override
  public Optional<Tenant> authenticate(String key) {
    return key.equals(KEY)
        ? Optional.of(new Tenant(new LaneKey(new TenantId("acme"), 1), Durability.DISK))
        : Optional.empty();
  }

  @Override
  public Admission admit(Tenant tenant, long bytes) {
    if (refusal.isPresent()) {
      return new Admission.Refused(refusal.get());
    }
    permitsGranted.incrementAndGet();
    bytesAdmitted.addAndGet(bytes);
    return new Admission.Granted(new CountedPermit());
  }

  private final class CountedPermit implements Permit {
    private final AtomicBoolean closed = new AtomicBoolean();

    @Override
    public boolean extend(long bytes) {
      if (bytesAdmitted.get() + bytes > bytesMax.get()) {
        return false;
      }
      bytesAdmitted.addAndGet(bytes);
      return true;
    }

    @Override
    public void close() {
      (closed.compareAndSet(false, true) ? permitsClosed : closedTwice).incrementAndGet();
    }
  }

  @Override
  public EventWriter writer(Tenant tenant, Source source, String dialect, int expectedBytes) {
    return new EventWriter(
        tenant.lane(),
        source,
        dialect,
        new EventWriter.HashKey(1, 2),
        new EventWriter.Limits(EVENT_BYTES_MAX, EVENT_BYTES_MAX + 16_384),
        Instant.EPOCH,
        new Random(1),
        expectedBytes);
  }

  @Override
  public void accept(Tenant tenant, List<EventBlock> blocks, Consumer<Outcome> done) {
    List<String> texts = new ArrayList<>();
    for (EventBlock block : blocks) {
      for (int i = 0; i < block.count(); i++) {
        texts.add(block.payload(i));
      }
    }
    payloads.addAll(texts);
    if (holding) {
      held.add(new Held(texts, done));
    } else {
      done.accept(outcome.orElseGet(() -> accepted(texts.size())));
    }
  }

  @Override
  public Readiness readiness() {
    return new Readiness(true, "", Duration.ZERO);
  }

  /// Waits until every permit that was given is closed; gives up after ten seconds.
  void awaitPermitsClosed() {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (permitsClosed.get() < permitsGranted.get() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}

package io.pulsegate.core.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Code;
import io.pulsegate.api.Durability;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Metric;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.CoreMetric;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.core.EngineConfig;
import io.pulsegate.core.IngestionLog.AppendCompletion;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.Rig;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.TenantLabels;
import io.pulsegate.log.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/// Intake over a log whose every step the test decides.
class IntakeServiceTest {
  private static final int PENDING_BYTES_MAX = 100 << 10;

  private final HandLog log = new HandLog();
  private final AtomicLong lost = new AtomicLong();
  private final Deduplicator deduplicator = new Deduplicator(1 << 20);
  private final IntakeService intake =
      new IntakeService(
          new EngineConfig(
              Path.of("unused"),
              Rig.LOG.withPendingBytesMax(PENDING_BYTES_MAX),
              List.of(tenant("disk", Durability.DISK), tenant("memory", Durability.MEMORY)),
              new EventWriter.Limits(8 << 10, 32 << 10),
              1 << 20,
              1 << 20,
              1 << 20,
              DeliveryPolicy.defaults(),
              new EventWriter.HashKey(1, 2)),
          log,
          deduplicator,
          new TenantLabels(),
          new LostCounter(),
          InstantSource.system(),
          new SplittableRandom(1));
  private final List<Outcome> outcomes = new ArrayList<>();

  private static TenantConfig tenant(String name, Durability level) {
    return new TenantConfig(new TenantId(name), 1, List.of(KeyHash.of(name)), level);
  }

  /// Counts the events that were lost after a reply.
  private final class LostCounter implements Metrics {
    @Override
    public Counter counter(Metric metric, String... labelValues) {
      boolean counted =
          metric == CoreMetric.EVENTS_DROPPED && labelValues[1].equals("refused_after_reply");
      return counted ? lost::addAndGet : amount -> {};
    }

    @Override
    public Histogram histogram(Metric metric, String... labelValues) {
      return value -> {};
    }

    @Override
    public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {}
  }

  private Tenant tenant(String name) {
    return intake.authenticate(name).orElseThrow();
  }

  private List<EventBlock> blocks(String tenant, int events, int payloadBytes) {
    EventWriter writer = intake.writer(tenant(tenant), Source.HTTP, "test", 1_000);
    byte[] payload = ("\"" + "x".repeat(payloadBytes - 2) + "\"").getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < events; i++) {
      var draft = new EventDraft();
      draft.begin(payload, 0, payload.length);
      draft.type(new byte[] {'t'}, 0, 1);
      byte[] id = ("id" + i).getBytes(StandardCharsets.UTF_8);
      draft.id(id, 0, id.length);
      assertThat(writer.add(draft, i)).isEmpty();
    }
    return writer.finish();
  }

  private void send(String tenant, int events, int payloadBytes) {
    intake.accept(tenant(tenant), blocks(tenant, events, payloadBytes), outcomes::add);
  }

  @Test
  void turnsEverybodyAwayWhileMoreWaitsForTheSinksThanMay() {
    var waiting = new AtomicLong(99);
    intake.limitBacklog(100, waiting::get);

    assertThat(intake.readiness().accepting()).isTrue();
    assertThat(intake.admit(tenant("disk"), 1)).isInstanceOf(Intake.Admission.Granted.class);
    waiting.set(100);

    assertThat(intake.readiness().accepting()).isFalse();
    assertThat(intake.admit(tenant("disk"), 1))
        .isInstanceOfSatisfying(
            Intake.Admission.Refused.class,
            refused -> {
              assertThat(refused.outcome().code()).isEqualTo(Code.UNAVAILABLE);
              assertThat(refused.outcome().reason()).contains("100 bytes of events wait");
              assertThat(refused.outcome().retryAfter()).isPositive();
            });
    waiting.set(99);
    assertThat(intake.readiness().accepting()).isTrue();
  }

  private Outcome outcome() {
    assertThat(outcomes).hasSize(1);
    return outcomes.removeFirst();
  }

  /// All that waits is admitted and durable.
  private void settle() {
    List<AppendCompletion> all = List.copyOf(log.waiting);
    log.waiting.clear();
    for (AppendCompletion completion : all) {
      completion.durable(0, 0, 0);
    }
  }

  /// Appends admit at once, as they do on the log's thread.
  private void admitAtOnce() {
    log.appender =
        (block, completion) -> {
          completion.admit(block, 0);
          log.waiting.add(completion);
          return true;
        };
  }

  @Test
  void aRequestThatDoesNotFitIsRefusedBeforeItsFirstBlockIsAppended() {
    admitAtOnce();
    send("disk", 8, 8_000);
    assertThat(log.waiting).hasSizeGreaterThan(1);
    int before = log.waiting.size();
    send("disk", 8, 8_000);
    assertThat(log.waiting).hasSize(before);
    var refused = (Outcome.Unavailable) outcome();
    assertThat(refused.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(refused.reason()).contains("of " + PENDING_BYTES_MAX + " bytes");
    assertThat(intake.isIdle()).isFalse();
    settle();
    assertThat(outcome()).isInstanceOf(Outcome.Accepted.class);
    assertThat(intake.isIdle()).isTrue();
    // What the first took is given back, however often.
    for (int i = 0; i < 5; i++) {
      send("disk", 8, 8_000);
      settle();
      assertThat(outcome()).isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void atLevelMemoryARefusalBeforeTheReplyIsTheReply() {
    log.appender =
        (block, completion) -> {
          completion.refused(Refusal.FAILED);
          return true;
        };
    send("memory", 3, 100);
    assertThat(outcome()).isInstanceOf(Outcome.Unavailable.class);
    assertThat(lost).hasValue(0);
    assertThat(intake.isIdle()).isTrue();
  }

  @Test
  void atLevelMemoryARefusalAfterTheReplyIsCounted() {
    send("memory", 3, 100);
    assertThat(outcome()).isInstanceOf(Outcome.Accepted.class);
    log.waiting.getFirst().refused(Refusal.FAILED);
    assertThat(lost).hasValue(3);
    assertThat(outcomes).isEmpty();
    assertThat(intake.isIdle()).isTrue();
  }

  @Test
  void anEventThatWasDecidedAndThenNotStoredIsNoDuplicateWhenItComesAgain() {
    admitAtOnce();
    send("disk", 2, 100);
    log.waiting.getFirst().refused(Refusal.FAILED);
    log.waiting.clear();
    assertThat(outcome()).isInstanceOf(Outcome.Unavailable.class);
    send("disk", 2, 100);
    settle();
    assertThat(((Outcome.Accepted) outcome()).accepted()).isEqualTo(2);
  }

  @Test
  void aDecisionThatFailsHalfWayLeavesNoKeysBehind() {
    EventBlock good = blocks("disk", 2, 100).getFirst();
    // The second event's keys lie behind the end of the array.
    byte[] bytes = Arrays.copyOf(good.bytes(), good.from() + good.sizeBytes() - 20);
    var cut = new EventBlock(bytes, good.from(), good.from() + good.sizeBytes());
    var lane = tenant("disk").lane();
    assertThatThrownBy(() -> deduplicator.decide(lane, cut, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(deduplicator.decide(lane, good, 0).live()).isEqualTo(2);
  }

  @Test
  void aCallerThatThrowsLeavesNothingHeldAndHarmsNobody() {
    admitAtOnce();
    for (int i = 0; i < 20; i++) {
      intake.accept(
          tenant("disk"),
          blocks("disk", 8, 8_000),
          outcome -> {
            throw new AssertionError("a bug of the caller's");
          });
      settle();
      assertThat(intake.isIdle()).isTrue();
    }
    send("disk", 8, 8_000);
    settle();
    assertThat(outcome()).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void aLogThatThrowsLeavesNothingHeldAndTheRequestIsAnsweredOnce() {
    log.appender =
        (block, completion) -> {
          throw new AssertionError("a bug of the log's");
        };
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> send("disk", 8, 8_000)).isInstanceOf(AssertionError.class);
      assertThat(outcome()).isInstanceOf(Outcome.Unavailable.class);
      assertThat(intake.isIdle()).isTrue();
    }
    admitAtOnce();
    send("disk", 8, 8_000);
    settle();
    assertThat(outcome()).isInstanceOf(Outcome.Accepted.class);
  }
}

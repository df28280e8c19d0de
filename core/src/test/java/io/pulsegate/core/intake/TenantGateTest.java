package io.pulsegate.core.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.core.Quotas;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TenantGateTest {
  private static final long SECOND = 1_000_000_000;
  private static final long NONE = Quotas.UNLIMITED;

  private final AtomicLong now = new AtomicLong();
  private final AtomicLong behind = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();

  private final TenantGate gate =
      new TenantGate(
          now::get,
          new TenantGate.Backlog() {
            @Override
            public long bytes() {
              return behind.get();
            }

            @Override
            public long acceptedBytes() {
              return accepted.get();
            }
          });

  @Test
  void chargesNothingForARequestThatOneOfTheRatesTurnsAway() {
    var quotas = new Quotas(10, 1_000, NONE, NONE, NONE);
    assertThat(gate.charge(quotas, 1, 1_000)).isEmpty();
    var over = gate.charge(quotas, 9, 500).orElseThrow();
    assertThat(over.limit()).isEqualTo("bytes_per_second");
    assertThat(over.outcome().retryAfter()).isEqualTo(Duration.ofSeconds(1));
    assertThat(gate.charge(new Quotas(10, NONE, NONE, NONE, NONE), 9, 0))
        .as("the events were given back")
        .isEmpty();
  }

  @Test
  void looksBeforeTheBodyWhetherAnythingHasAChance() {
    var quotas = new Quotas(10, NONE, NONE, NONE, NONE);
    assertThat(gate.look(quotas)).isEmpty();
    assertThat(gate.charge(quotas, 100, 1)).isEmpty();
    var over = gate.look(quotas).orElseThrow();
    assertThat(over.limit()).isEqualTo("events_per_second");
    assertThat(over.outcome().retryAfter()).isEqualTo(Duration.ofSeconds(10));
    assertThat(gate.look(Quotas.NONE)).as("another quota holds at once").isEmpty();
  }

  @Test
  void tellsFromTheRealPaceWhenTheBacklogHasRoomAgain() {
    var quotas = new Quotas(NONE, NONE, 1_000, NONE, NONE);
    accepted.set(10_000);
    behind.set(999);
    assertThat(gate.look(quotas)).isEmpty();
    behind.set(1_999);
    accepted.set(11_000);
    assertThat(gate.look(quotas).orElseThrow().outcome().retryAfter())
        .as("nothing moves yet")
        .isEqualTo(Duration.ofSeconds(30));
    now.addAndGet(SECOND);
    accepted.set(12_000);
    behind.set(2_800);
    // 200 bytes were settled in this second; 1,801 are too many.
    var over = gate.look(quotas).orElseThrow();
    assertThat(over.limit()).isEqualTo("backlog_bytes");
    assertThat(over.outcome().retryAfter()).isEqualTo(Duration.ofSeconds(10));
    behind.set(0);
    assertThat(gate.look(quotas)).isEmpty();
  }
}

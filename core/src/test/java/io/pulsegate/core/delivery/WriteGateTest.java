package io.pulsegate.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pulsegate.core.DeliveryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WriteGateTest {
  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void letsNoMoreThroughThanItMay() throws Exception {
    var gate = new WriteGate(policy(2), LONG);
    var inside = new AtomicInteger();
    var leave = new CountDownLatch(1);
    List<Thread> writes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      writes.add(
          Thread.ofPlatform()
              .start(
                  new FutureTask<>(() ->
                      gate.pass(() -> {
                        inside.incrementAndGet();
                        leave.await();
                        return 1;
                      }))));
    }
    // Two wait in their writes, the third for its turn, which has an end.
    while (inside.get() < 3
        && writes.stream().noneMatch(write -> write.getState() == Thread.State.TIMED_WAITING)) {
      Thread.onSpinWait();
    }
    assertThat(inside.get()).isLessThan(3);
    leave.countDown();
    for (Thread write : writes) {
      write.join();
    }
    assertThat(inside.get()).isEqualTo(3);
  }

  @Test
  void doesNotWaitLongForOneThatHangs() throws Exception {
    var gate = new WriteGate(policy(1), Duration.ofMillis(5));
    var hangs = new CountDownLatch(1);
    var entered = new CountDownLatch(1);
    try (var threads = Executors.newFixedThreadPool(1)) {
      Future<Integer> first =
          threads.submit(() ->
              gate.pass(() -> {
                entered.countDown();
                hangs.await();
                return 1;
              }));
      entered.await();
      // Would never return if it waited for the other.
      assertThat(gate.<Integer>pass(() -> 2)).isEqualTo(2);
      assertThat(first.isDone()).isFalse();
      hangs.countDown();
      assertThat(first.get()).isEqualTo(1);
    }
    assertThat(new WriteGate(policy(1), LONG).<Integer>pass(() -> 3)).isEqualTo(3);
  }

  @Test
  void givesItsPlaceBackAfterAWriteThatThrows() throws Exception {
    var gate = new WriteGate(policy(1), LONG);
    for (int i = 0; i < 3; i++) {
      assertThat(
              catchThrowable(() ->
                  gate.pass(() -> {
                    throw new IllegalStateException("a bug");
                  })))
          .hasMessage("a bug");
    }
    assertThat(gate.<Integer>pass(() -> 1)).isEqualTo(1);
  }

  private static DeliveryPolicy policy(int writes) {
    DeliveryPolicy standard = DeliveryPolicy.defaults();
    return new DeliveryPolicy(
        standard.batchEventsMax(),
        standard.batchBytesMax(),
        standard.writeTimeout(),
        standard.backoffMin(),
        standard.backoffMax(),
        standard.poisonAttempts(),
        standard.misconfiguredRetry(),
        standard.transformTimeout(),
        standard.linger(),
        writes);
  }
}

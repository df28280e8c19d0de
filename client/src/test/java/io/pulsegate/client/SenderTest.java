package io.pulsegate.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What no server does, and an application's own machine may.
class SenderTest {
  private final List<PulseError> errors = new ArrayList<>();

  private PulseClient client(Transport transport) {
    var limits = new Outbox.Limits(10, 10_000, Duration.ofMillis(1).toNanos(), 1000);
    var reporter = new Reporter(Optional.empty(), Optional.of(errors::add));
    var store = new HeapStore();
    var clock = InstantSource.system();
    var outbox = new Outbox(store, new Envelope(WireFormat.NATIVE, 1, 2), clock, limits, 1 << 20);
    var backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(1));
    var random = new SplittableRandom(3);
    var sender =
        new Sender(outbox, transport, reporter, backoff, clock, random, limits, WireFormat.NATIVE);
    return new PulseClient(outbox, sender, transport, store, reporter, Duration.ofSeconds(30));
  }

  @Test
  void goesOnWhenMemoryWasShortForAMoment() {
    var requests = new AtomicInteger();
    PulseClient client =
        client(
            new Transport() {
              @Override
              public Answer post(Batch batch) throws IOException {
                return switch (requests.incrementAndGet()) {
                  case 1 -> throw new OutOfMemoryError("as told");
                  case 2 -> throw new IllegalStateException("as told");
                  case 3 -> throw new IOException("as told");
                  default -> taken(batch);
                };
              }

              @Override
              public long sentBytes() {
                return 0;
              }

              @Override
              public void close() {}
            });
    for (int i = 0; i < 5; i++) {
      client.track(PulseEvent.of("numbered").with("i", i));
    }
    assertThat(client.close(Duration.ofSeconds(30))).isTrue();
    assertThat(client.stats().delivered()).isEqualTo(5);
    assertThat(errors)
        .extracting(error -> ((PulseError.Delayed) error).reason())
        .containsExactly(
            "OutOfMemoryError: as told", "IllegalStateException: as told", "IOException: as told");
  }

  private static Answer taken(Batch batch) {
    String body = "{\"accepted\":%d,\"duplicates\":0,\"rejected\":[]}".formatted(batch.count());
    return new Answer(200, body);
  }
}

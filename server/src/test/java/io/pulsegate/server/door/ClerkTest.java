package io.pulsegate.server.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Discarded;
import io.pulsegate.api.Durability;
import io.pulsegate.api.EventWriter.HashKey;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.core.DeadLetterException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClerkTest {
  private static final Tenant SHOP =
      new Tenant(new LaneKey(new TenantId("shop"), 1), Durability.DISK);

  /// Ids of the letters that were kept.
  private final List<String> kept = new CopyOnWriteArrayList<>();

  /// What was told to requests whose callback then threw.
  private final List<Optional<String>> heardBeforeAFault = new CopyOnWriteArrayList<>();

  private final CountDownLatch open = new CountDownLatch(1);
  private final Clerk clerk =
      new Clerk(this::put, new HashKey(1, 2), Metrics.NONE, InstantSource.system());

  @AfterEach
  void close() {
    clerk.close();
  }

  /// Nobody may have room for `full`; `bug` is met with one.
  private void put(List<DeadLetter> letters) {
    try {
      open.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    for (DeadLetter letter : letters) {
      switch (letter.event().eventId()) {
        case "full" -> throw new DeadLetterException("no room", new IllegalStateException());
        case "bug" -> throw new IllegalStateException("a bug in the store");
        default -> {}
      }
    }
    letters.forEach(letter -> kept.add(letter.event().eventId()));
  }

  private CompletableFuture<Optional<String>> keep(String id) {
    var told = new CompletableFuture<Optional<String>>();
    clerk.keep(SHOP, Source.HTTP, "test", List.of(discarded(id)), told::complete);
    return told;
  }

  private static Discarded discarded(String id) {
    return new Discarded(id, "type", Bytes.of("{}"), new Refusal(0, Code.INVALID_FIELD, "bad"));
  }

  private static Optional<String> heard(CompletableFuture<Optional<String>> told) throws Exception {
    return told.get(20, TimeUnit.SECONDS);
  }

  @Test
  void goesOnAfterARequestThatThrowsWhenItIsTold() throws Exception {
    clerk.keep(
        SHOP,
        Source.HTTP,
        "test",
        List.of(discarded("a")),
        trouble -> {
          heardBeforeAFault.add(trouble);
          throw new IllegalStateException("a bug in a dialect's answer");
        });
    var behind = keep("b");
    open.countDown();
    assertThat(heard(behind)).isEmpty();
    assertThat(heard(keep("c"))).isEmpty();
    assertThat(heardBeforeAFault).containsExactly(Optional.empty());
    assertThat(kept).containsExactly("a", "b", "c");
  }

  @Test
  void letsAFaultOfTheStoreOrItsFullnessMeetOnlyTheLettersThatCauseIt() throws Exception {
    var first = keep("a");
    var bug = keep("bug");
    var full = keep("full");
    var last = keep("b");
    open.countDown();
    assertThat(heard(first)).isEmpty();
    assertThat(heard(bug)).hasValueSatisfying(reason -> assertThat(reason).contains("a fault"));
    assertThat(heard(full)).hasValueSatisfying(reason -> assertThat(reason).contains("no room"));
    assertThat(heard(last)).isEmpty();
    assertThat(heard(keep("c"))).isEmpty();
    assertThat(kept).containsExactly("a", "b", "c");
  }
}

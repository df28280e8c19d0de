package io.pulsegate.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pulsegate.api.Durability;
import io.pulsegate.api.Event;
import io.pulsegate.client.PulseEvent;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Intake, log and sinks inside this process.
class PulseGateTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path temp;

  private EmbeddedConfig config() {
    return EmbeddedConfig.in(temp.resolve("data")).segment(16 << 20);
  }

  private static PulseEvent numbered(int i) {
    return PulseEvent.of("numbered").id("e-" + i).with("i", i);
  }

  @Test
  void handsEachEventToTheSinkInOrderWithAReceipt() {
    var sink = new MemorySink();
    List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
    try (var gate = PulseGate.embedded(config().sink("memory", sink))) {
      for (int i = 0; i < 1000; i++) {
        receipts.add(gate.push(numbered(i)));
      }
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(receipts.get(i).join())
          .isEqualTo(new Receipt.Stored(Durability.DISK, false, 0, i));
    }
    assertThat(sink.events().stream().map(Event::eventId))
        .isEqualTo(IntStream.range(0, 1000).mapToObj(i -> "e-" + i).toList());
    assertThat(sink.events().getFirst().payload()).isEqualTo("{\"i\":0}");
  }

  @Test
  void tellsWhatIsADuplicateRefusedOrTooLate() {
    PulseGate gate = PulseGate.embedded(config());
    assertThat(gate.push(numbered(1)).join()).isInstanceOf(Receipt.Stored.class);
    assertThat(gate.push(numbered(1)).join())
        .isInstanceOfSatisfying(
            Receipt.Stored.class, stored -> assertThat(stored.duplicate()).isTrue());
    assertThat(gate.push("{\"no\":\"type\"}").join())
        .isInstanceOfSatisfying(
            Receipt.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo("missing_event_type"));
    assertThat(gate.push("not JSON").join()).isInstanceOf(Receipt.Refused.class);
    assertThat(gate.push("[]").join()).isInstanceOf(Receipt.Refused.class);
    List<Object> endless = new ArrayList<>();
    endless.add(endless);
    assertThat(gate.push(PulseEvent.of("endless").with("x", endless))).isCompletedExceptionally();
    assertThat(gate.close(LIMIT)).isTrue();
    assertThat(gate.push(numbered(2)).join()).isInstanceOf(Receipt.NotNow.class);
    assertThat(gate.close(LIMIT)).isTrue();
  }

  @Test
  void deliversAfterARestartWhatTheSinkHadNotTaken() {
    EventHandler down =
        event -> {
          throw new IllegalStateException("down");
        };
    var gate = PulseGate.embedded(config().sink("out", down));
    for (int i = 0; i < 10; i++) {
      gate.push(numbered(i)).join();
    }
    gate.close(Duration.ZERO);
    var sink = new MemorySink();
    try (var again = PulseGate.embedded(config().sink("out", sink))) {
      assertThat(again.push(numbered(3)).join())
          .isInstanceOfSatisfying(
              Receipt.Stored.class, stored -> assertThat(stored.duplicate()).isTrue());
    }
    assertThat(sink.events()).hasSize(10);
  }

  @Test
  void triesAgainWhatFailedAndPutsAsideWhatIsRejected() throws Exception {
    var failures = new AtomicInteger(2);
    var sink = new MemorySink();
    EventHandler handler =
        event -> {
          if (event.eventId().equals("e-3")) {
            throw new RejectedEventException("odd", "three is not taken here");
          }
          if (event.eventId().equals("e-5") && failures.getAndDecrement() > 0) {
            throw new IllegalStateException("for a moment");
          }
          sink.handle(event);
        };
    Path letters;
    try (var gate = PulseGate.embedded(config().sink("out", handler))) {
      for (int i = 0; i < 8; i++) {
        gate.push(numbered(i)).join();
      }
      await().atMost(LIMIT).until(() -> sink.events().size() == 7);
      letters = gate.deadLetters();
    }
    assertThat(sink.events().stream().map(Event::eventId))
        .containsExactly("e-0", "e-1", "e-2", "e-4", "e-5", "e-6", "e-7");
    assertThat(Files.readAllLines(letters))
        .singleElement()
        .asString()
        .contains("\"event_id\":\"e-3\"", "\"code\":\"odd\"", "\"payload\":{\"i\":3}");
  }

  @Test
  void aRejectionWithoutACodeIsAFailureOfTheHandler() throws Exception {
    var failures = new AtomicInteger(2);
    var sink = new MemorySink();
    EventHandler handler =
        event -> {
          switch (failures.getAndDecrement()) {
            case 2 -> throw new RejectedEventException(noText(), "odd");
            case 1 -> throw new AssertionError("an error too");
            default -> sink.handle(event);
          }
        };
    try (var gate = PulseGate.embedded(config().sink("out", handler))) {
      gate.push(numbered(1)).join();
      assertThat(gate.drain(LIMIT)).isTrue();
      assertThat(sink.events()).hasSize(1);
      assertThat(gate.deadLetters()).doesNotExist();
    }
  }

  @SuppressWarnings("NullAway") // what a program without null checks would pass
  private static String noText() {
    return null;
  }

  @Test
  void refusesWhatIsTooLargeForEver() {
    try (var gate = PulseGate.embedded(config().memory(32 << 20))) {
      for (int mib : new int[] {1, 2, 3, 20}) {
        String text = "x".repeat(mib << 20);
        assertThat(gate.push(PulseEvent.of("large").with("text", text)).join())
            .isInstanceOfSatisfying(
                Receipt.Refused.class,
                refused -> assertThat(refused.code()).isEqualTo("event_too_large"));
      }
    }
  }

  @Test
  void isNotDrainedWhileEventsWaitBehindAHandlerThatFails() throws Exception {
    var failing = new AtomicBoolean(true);
    var sink = new MemorySink();
    EventHandler handler =
        event -> {
          if (failing.get() && event.eventId().equals("e-3")) {
            throw new IllegalStateException("no\nway");
          }
          sink.handle(event);
        };
    try (var gate = PulseGate.embedded(config().sink("out", handler))) {
      for (int i = 0; i < 8; i++) {
        gate.push(numbered(i)).join();
      }
      await().atMost(LIMIT).until(() -> gate.sinks().getFirst().lastError().isPresent());
      assertThat(gate.drain(Duration.ofMillis(300))).isFalse();
      assertThat(gate.sinks().getFirst().lastError().orElseThrow())
          .contains("the handler failed: java.lang.IllegalStateException: no way");
      failing.set(false);
      assertThat(gate.drain(LIMIT)).isTrue();
      assertThat(sink.events()).hasSize(8);
    }
  }

  @Test
  void writesIntoASinkOfOurs() throws Exception {
    Path database = temp.resolve("data/events.duckdb");
    try (var gate = PulseGate.embedded(config().sink("duckdb", "duckdb", Map.of()))) {
      gate.push(numbered(7)).join();
    }
    try (var connection = DriverManager.getConnection("jdbc:duckdb:" + database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select event_id, tenant_id from events")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("e-7");
      assertThat(rows.getString(2)).isEqualTo("local");
      assertThat(rows.next()).isFalse();
    }
  }

  /// Every push has an answer, and what was stored is delivered, before the close or after it.
  @Test
  void answersEveryPushOfThreadsThatDoNotKnowOfItsClose() throws Exception {
    var sink = new MemorySink();
    var stored = new ConcurrentSkipListSet<String>();
    for (int round = 0; round < 5; round++) {
      PulseGate gate = PulseGate.embedded(config().sink("memory", sink));
      var started = new CountDownLatch(4);
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        String prefix = "r" + round + "t" + t + "-";
        threads.add(Thread.ofVirtual().start(() -> pushUntilClosed(gate, prefix, stored, started)));
      }
      started.await();
      assertThat(gate.close(ChronoUnit.FOREVER.getDuration())).isTrue();
      for (Thread thread : threads) {
        assertThat(thread.join(LIMIT)).as("every receipt has come").isTrue();
      }
    }
    try (var _ = PulseGate.embedded(config().sink("memory", sink))) {
      await().atMost(LIMIT).until(() -> sink.events().size() >= stored.size());
    }
    assertThat(sink.events().stream().map(Event::eventId))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(stored);
  }

  private static void pushUntilClosed(
      PulseGate gate, String prefix, Set<String> stored, CountDownLatch started) {
    for (int i = 0; ; i++) {
      Receipt receipt = gate.push(PulseEvent.of("load").id(prefix + i)).join();
      if (i == 20) {
        started.countDown();
      }
      if (!(receipt instanceof Receipt.Stored)) {
        return;
      }
      stored.add(prefix + i);
    }
  }

  @Test
  void closesOnlyWhenASlowSinkHasTakenWhatWasPushed() {
    var sink = new MemorySink();
    var open = new CountDownLatch(1);
    PulseGate gate =
        PulseGate.embedded(
            config()
                .sink(
                    "slow",
                    event -> {
                      open.await();
                      sink.handle(event);
                    }));
    for (int i = 0; i < 200; i++) {
      gate.push(numbered(i)).join();
    }
    assertThat(sink.events()).isEmpty();
    Thread opener = Thread.ofVirtual().unstarted(open::countDown);
    opener.start();
    assertThat(gate.close(LIMIT)).isTrue();
    assertThat(sink.events()).hasSize(200);
  }

  @Test
  void closesWithinItsLimitWhileASinkHangs() {
    var hanging = new AtomicBoolean();
    EventHandler slow =
        event -> {
          hanging.set(true);
          new CountDownLatch(1).await();
        };
    PulseGate gate = PulseGate.embedded(config().sink("slow", slow));
    gate.push(numbered(1)).join();
    await().atMost(LIMIT).untilTrue(hanging);
    assertThat(gate.close(Duration.ofMillis(100))).isFalse();
    var sink = new MemorySink();
    try (var _ = PulseGate.embedded(config().sink("slow", sink))) {
      await().atMost(LIMIT).until(() -> sink.events().size() == 1);
    }
  }

  @Test
  void leavesNoThreadBehindAndGivesTheFolderBack() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    for (int i = 0; i < 2; i++) {
      try (var gate = PulseGate.embedded(config().sink("memory", new MemorySink()))) {
        gate.push(numbered(i)).join();
      }
    }
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(
                    Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread) && thread.isAlive())
                        .map(Thread::getName)
                        // The JDK's own: carriers and timers of virtual threads.
                        .filter(name ->
                            !name.startsWith("ForkJoinPool-")
                                && !name.startsWith("awaitility-")
                                && !name.startsWith("VirtualThread-")
                                && !name.startsWith("Common-Cleaner")
                                && !name.startsWith("Cleaner-")))
                .isEmpty());
  }

  @Test
  void refusesAFolderInUseAndNamesThatMakeNoSense() {
    try (var gate = PulseGate.embedded(config())) {
      assertThat(gate.sinks()).isEmpty();
      assertThatThrownBy(() -> PulseGate.embedded(config()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("another PulseGate");
    }
    assertThatThrownBy(() -> config().sink("x", "nosuch", Map.of()))
        .hasMessageContaining("duckdb")
        .hasMessageContaining("nosuch");
    assertThatThrownBy(() -> config().sink("x", "duckdb", Map.of("colour", "red")))
        .hasMessageContaining("colour");
    assertThatThrownBy(() -> config().sink("Big", new MemorySink()))
        .hasMessageContaining("small letters");
  }
}

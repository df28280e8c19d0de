package io.pulsegate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Outcome;
import io.pulsegate.api.Sink;
import io.pulsegate.core.FakeDatabase.Fault;
import io.pulsegate.core.FakeDatabase.Row;
import io.pulsegate.core.Rig.Sent;
import io.pulsegate.log.LogState;
import io.pulsegate.log.SimulatedDisk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many tenants, everything that may go wrong by chance, restarts and power failures among it; then
/// all is counted. Threads make the runs of one seed differ, the rules hold for all of them.
class ScenarioTest {
  private static final int STEPS = 120;
  private static final int TENANTS = 6;
  private static final AtomicBoolean SAW_PARKED = new AtomicBoolean();

  private final FakeDatabase[] databases = {new FakeDatabase(), new FakeDatabase()};
  private final Set<String> acknowledged = new HashSet<>();
  private final Set<String> sent = new HashSet<>();
  private final Map<String, Integer> acceptedTimes = new HashMap<>();
  private long deduplicationBytes = 1 << 20;
  private String padding = "";
  private String deadTenant = "";
  private int made;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyAcceptedEventIsSettledExactlyOnceWhateverHappens(long seed) {
    run(seed);
  }

  /// Events so large that segments fill, and no window that keeps them: they are given up under the
  /// feet of a tenant that is down all the time, and of others that come and go.
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void theSameWhereSegmentsAreGivenUpForCopiesOfWhatStragglersNeed(long seed) {
    padding = "p".repeat(2_500);
    deduplicationBytes = 0;
    deadTenant = "t5";
    run(seed);
  }

  @AfterAll
  static void somethingWasParked() {
    assertThat(SAW_PARKED).isTrue();
  }

  private void run(long seed) {
    var random = new SplittableRandom(seed);
    for (FakeDatabase database : databases) {
      misbehave(database, random.split());
    }
    Rig rig =
        new Rig(
            new SimulatedDisk(),
            new SimulatedDisk(),
            new MemoryDeadLetters(),
            sinks(),
            Rig.FAST,
            deduplicationBytes,
            seed);
    for (int step = 0; step < STEPS; step++) {
      send(rig, random);
      SAW_PARKED.compareAndSet(false, rig.engine.log().oldest(0) < rig.engine.log().start(0));
      addsUp(rig, seed);
      rig.letters.broken(random.nextInt(10) == 0);
      if (random.nextInt(15) == 0) {
        rig = restart(rig, random, seed * 1_000 + step);
      }
    }
    for (FakeDatabase database : databases) {
      database.faults(batch -> Optional.empty());
      database.downFor(slice -> false);
    }
    rig.letters.broken(false);
    rig.awaitSettled("db0");
    rig.awaitSettled("db1");
    check(rig, seed);
    rig.close();
  }

  private Map<String, Sink> sinks() {
    return Map.of("db0", databases[0].sink(), "db1", databases[1].sink());
  }

  private void misbehave(FakeDatabase database, SplittableRandom random) {
    // Called under the database's lock.
    database.faults(batch ->
        switch (random.nextInt(20)) {
          case 0, 1 -> Optional.of(Fault.OUTAGE);
          case 2, 3 -> Optional.of(Fault.LOST_ANSWER);
          case 4 -> Optional.of(Fault.MISCONFIGURED);
          default -> Optional.empty();
        });
    database.downFor(slice -> slice.tenant().value().equals(deadTenant) || random.nextInt(20) == 0);
  }

  private void send(Rig rig, SplittableRandom random) {
    var requests = new ArrayList<List<Sent>>();
    var outcomes = new ArrayList<CompletableFuture<Outcome>>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int tenant = random.nextInt(TENANTS);
      List<Sent> events =
          Stream.generate(() -> event(tenant, random)).limit(1 + random.nextInt(30)).toList();
      requests.add(events);
      events.forEach(event -> sent.add(event.id()));
      outcomes.add(rig.sendLater(tenant, events));
    }
    for (int i = 0; i < requests.size(); i++) {
      if (outcomes.get(i).join() instanceof Outcome.Accepted accepted) {
        note(requests.get(i), accepted);
      }
    }
  }

  private void note(List<Sent> events, Outcome.Accepted accepted) {
    var duplicates = new HashSet<>(accepted.duplicates());
    for (int i = 0; i < events.size(); i++) {
      acknowledged.add(events.get(i).id());
      if (!duplicates.contains(i)) {
        acceptedTimes.merge(events.get(i).id(), 1, Integer::sum);
      }
    }
  }

  /// Few ids, so that they come again, where that is looked at; what an id is follows from it.
  private Sent event(int tenant, SplittableRandom random) {
    int number = deduplicationBytes == 0 ? made++ : random.nextInt(400);
    String type = number % 29 == 0 ? "reject" : number % 97 == 1 ? "refuse" : "ok";
    String id = "t" + tenant + "-" + number;
    String text = id.startsWith(deadTenant + "-") ? id : id + padding;
    return new Sent(id, type, "{\"id\":\"" + text + "\"}", "");
  }

  private Rig restart(Rig rig, SplittableRandom random, long seed) {
    boolean powerFailure = random.nextBoolean();
    if (powerFailure) {
      rig.logDisk.powerOff(1 + random.nextInt(5));
      Rig dying = rig;
      Await.until(
          () -> {
            send(dying, random);
            return dying.engine.log().state().status() == LogState.Status.FAILED;
          },
          () -> "the log goes on without power");
      rig.cursorDisk.powerOff(1);
    }
    rig.close();
    if (powerFailure) {
      rig.logDisk.crash(random);
      rig.cursorDisk.crash(random);
    }
    return rig.restarted(sinks(), deduplicationBytes, seed);
  }

  private static void addsUp(Rig rig, long seed) {
    for (SinkStatus sink : rig.engine.sinks()) {
      assertThat(sink.unaccounted()).as("seed %d, %s", seed, sink).isZero();
    }
    for (int i = 0; i < TENANTS; i++) {
      assertThat(rig.engine.unaccountedOf(rig.tenant(i).lane())).as("seed %d", seed).isZero();
    }
  }

  private void check(Rig rig, long seed) {
    addsUp(rig, seed);
    for (int i = 0; i < databases.length; i++) {
      FakeDatabase database = databases[i];
      String sink = "db" + i;
      List<String> dead =
          rig.letters.all().stream()
              .filter(letter -> letter.sink().equals(sink))
              .map(letter -> letter.event().eventId())
              .toList();
      List<String> settled =
          Stream.concat(database.rows().stream().map(Row::id), dead.stream()).toList();
      assertThat(database.violations()).as("order and moves, seed %d", seed).isEmpty();
      assertThat(settled).as("once, seed %d", seed).doesNotHaveDuplicates();
      assertThat(settled).as("all, seed %d", seed).containsAll(acknowledged);
      assertThat(sent).as("nothing made up, seed %d", seed).containsAll(settled);
      SinkStatus status = rig.sink(sink);
      assertThat(status.dropped()).as("seed %d", seed).isZero();
      assertThat(status.delivered()).as("seed %d", seed).isEqualTo(database.rows().size());
      assertThat(status.deadLettered()).as("seed %d", seed).isEqualTo(dead.size());
      assertThat(status.lagEvents()).as("seed %d", seed).isZero();
      assertThat(rig.engine.log().totals(0).entries())
          .as("conservation, seed %d", seed)
          .isEqualTo(status.delivered() + status.deadLettered());
      assertThat(dead.stream().filter(id -> isFine(id)).collect(Collectors.toSet()))
          .as("good events among the dead letters, seed %d", seed)
          .isEmpty();
    }
    assertThat(acceptedTimes.values()).as("accepted once, seed %d", seed).allMatch(n -> n == 1);
  }

  private static boolean isFine(String id) {
    int number = Integer.parseInt(id.substring(id.indexOf('-') + 1));
    return number % 29 != 0 && number % 97 != 1;
  }
}

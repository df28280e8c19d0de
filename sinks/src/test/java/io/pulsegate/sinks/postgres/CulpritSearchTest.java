package io.pulsegate.sinks.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.api.WriteResult.Refused;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which events are blamed for what a real server refuses, and what that costs.
class CulpritSearchTest {
  private static final CursorKey KEY = new CursorKey("log", "sink", 0);
  private static final CursorRecord START = CursorRecord.startingAt(0);

  private final TestPostgres postgres = TestPostgres.shared();
  private String database = "";
  private PostgresSink sink = PostgresFixture.sink("postgres://nobody@127.0.0.1:1/none");

  @BeforeEach
  void openSink() {
    database = postgres.newDatabase();
    sink = PostgresFixture.sink(postgres.url(database));
  }

  @AfterEach
  void closeSink() {
    sink.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void findsAllBadEventsOfALargeBatchAtTheCostOfAFewCleanOnes(boolean partitioned)
      throws Exception {
    CursorRecord from = prepare(partitioned);
    postgres.execute(
        database, "ALTER TABLE events ADD CONSTRAINT no_poison CHECK (event_type <> 'poison')");
    Events.Frame[] frames = frames(20, 1_000, i -> i % 700 == 350);
    Set<Long> bad = bad(20_000, i -> i % 700 == 350);
    assertThat(bad).hasSizeGreaterThan(27);

    List<Rejection> rejections = refusedOnce(from, frames, bad);

    assertThat(rejections)
        .allSatisfy(rejection -> {
          assertThat(rejection.code()).isEqualTo("23514");
          assertThat(rejection.reason()).contains("no_poison");
        });
    sink.close();
    // The refused write, the search, and the one that went through; each bad event alone would
    // have been 29 writes.
    assertThat(rowsEverInserted()).isBetween(20_000L - bad.size(), 4 * 20_000L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void blamesTheLaterOfTwoThatCollide(boolean partitioned) throws Exception {
    CursorRecord from = prepare(partitioned);
    postgres.execute(database, "CREATE UNIQUE INDEX one ON events (event_id, received_at)");
    Batch first = Batches.of(KEY, from, Events.numbered("a", "e", 100));
    assertThat(sink.write(first)).isEqualTo(new Delivered());
    Events.Frame[] frames = {
      Events.numbered("a", "f", 2_000), // 100 to 2099
      Events.numbered("b", "e", 101), // but the last, there already: 2100 to 2199
      Events.numbered("b", "f", 3), // and in this batch: 2201 to 2203
      Events.numbered("b", "g", 1_500)
    };
    Set<Long> bad = new TreeSet<>();
    IntStream.range(2_100, 2_200).forEach(i -> bad.add((long) i));
    bad.addAll(List.of(2_201L, 2_202L, 2_203L));

    refusedOnce(first.cursor().to(), frames, bad);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void blamesThoseWithoutWhatAColumnMustHave(boolean partitioned) throws Exception {
    CursorRecord from = prepare(partitioned);
    postgres.execute(database, "ALTER TABLE events ALTER COLUMN partition_key SET NOT NULL");
    Events events = Events.of("a");
    for (int i = 0; i < 2_000; i++) {
      byte[] key = {'k'};
      boolean hasKey = i % 3 != 0;
      events.add(
          "e-" + i,
          "t",
          "{}",
          0,
          draft -> {
            if (hasKey) {
              draft.partitionKey(key, 0, key.length);
            }
          });
    }

    refusedOnce(from, new Events.Frame[] {events.frame()}, bad(2_000, i -> i % 3 == 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "DEFERRABLE INITIALLY DEFERRED"})
  void findsThoseWhoseForeignKeyIsMissing(String when) throws Exception {
    CursorRecord from = prepare(true);
    postgres.execute(
        database,
        "CREATE TABLE types (name text PRIMARY KEY)",
        "INSERT INTO types VALUES ('good')",
        "ALTER TABLE events ADD CONSTRAINT known_type FOREIGN KEY (event_type) REFERENCES types "
            + when);

    List<Rejection> rejections =
        refusedOnce(from, frames(2, 1_000, i -> i % 400 == 7), bad(2_000, i -> i % 400 == 7));

    assertThat(rejections).allMatch(rejection -> rejection.code().equals("23503"));
  }

  @Test
  void comesToAnEndWhereNoEventIsGood() throws Exception {
    CursorRecord from = prepare(true);
    postgres.execute(
        database, "ALTER TABLE events ADD CONSTRAINT no_poison CHECK (event_type <> 'poison')");
    Events.Frame[] frames = frames(3, 700, _ -> true);
    Set<Long> dead = new TreeSet<>();

    while (dead.size() < 2_100) {
      WriteResult result = sink.write(Batches.without(KEY, from, dead, frames));
      assertThat(dead.addAll(offsets(rejections(result)))).isTrue();
    }

    assertThat(sink.write(Batches.without(KEY, from, dead, frames))).isEqualTo(new Delivered());
    assertThat(stored()).isZero();
  }

  @Test
  void leavesWhatATriggerRefusesToTheCaller() throws Exception {
    CursorRecord from = prepare(true);
    postgres.execute(
        database,
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '22000'; END $$\
        """,
        "CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW"
            + " WHEN (NEW.event_type = 'poison') EXECUTE FUNCTION refuse()");

    assertThat(sink.write(Batches.of(KEY, from, frames(1, 1_000, i -> i == 900))))
        .isInstanceOf(Refused.class);
  }

  /// Writes, and sees that exactly those are refused in one answer, and that the rest goes through.
  private List<Rejection> refusedOnce(CursorRecord from, Events.Frame[] frames, Set<Long> bad)
      throws Exception {
    long before = stored();
    List<Rejection> rejections = rejections(sink.write(Batches.of(KEY, from, frames)));
    assertThat(offsets(rejections)).containsExactlyElementsOf(bad);
    assertThat(stored()).isEqualTo(before);
    Batch rest = Batches.without(KEY, from, bad, frames);
    assertThat(sink.write(rest)).isEqualTo(new Delivered());
    assertThat(stored()).isEqualTo(before + rest.events());
    return rejections;
  }

  private static List<Rejection> rejections(WriteResult result) {
    assertThat(result).isInstanceOf(Mixed.class);
    return ((Mixed) result)
        .slices().stream().flatMap(slice -> slice.rejections().stream()).toList();
  }

  private static Set<Long> offsets(List<Rejection> rejections) {
    Set<Long> offsets = new TreeSet<>();
    rejections.forEach(rejection -> assertThat(offsets.add(rejection.offset())).isTrue());
    return offsets;
  }

  /// Frames of two tenants in turns, with the type `poison` or `good`.
  private static Events.Frame[] frames(int count, int size, IntPredicate isBad) {
    List<Events.Frame> frames = new ArrayList<>();
    int number = 0;
    for (int frame = 0; frame < count; frame++) {
      Events events = Events.of(frame % 2 == 0 ? "a" : "b");
      for (int i = 0; i < size; i++, number++) {
        events.add("e-" + number, isBad.test(number) ? "poison" : "good", "{\"n\":" + i + "}");
      }
      frames.add(events.frame());
    }
    return frames.toArray(Events.Frame[]::new);
  }

  private static Set<Long> bad(int count, IntPredicate isBad) {
    Set<Long> bad = new TreeSet<>();
    IntStream.range(0, count).filter(isBad).forEach(i -> bad.add((long) i));
    return bad;
  }

  /// Claims the cursor, on the sink's own table or on a plain one.
  private CursorRecord prepare(boolean partitioned) throws Exception {
    claim();
    if (partitioned) {
      return claim();
    }
    sink.close();
    postgres.execute(
        database,
        "CREATE TABLE plain (LIKE events)",
        "DROP TABLE events",
        "ALTER TABLE plain RENAME TO events",
        "DELETE FROM pulsegate_schema");
    sink = PostgresFixture.sink(postgres.url(database));
    return claim();
  }

  private CursorRecord claim() throws InterruptedException {
    return ((Claim.Owned) sink.claim(KEY, START)).record();
  }

  private long stored() throws Exception {
    try (Connection connection = postgres.connect(database)) {
      return PostgresFixture.stored(connection).size();
    }
  }

  /// Rows that were inserted by the sink's session, rolled back ones included.
  private long rowsEverInserted() throws Exception {
    try (Connection connection = postgres.connect("postgres");
        Statement statement = connection.createStatement()) {
      boolean open = true;
      while (open) {
        try (ResultSet sessions =
            statement.executeQuery(
                "SELECT 1 FROM pg_stat_activity WHERE datname = '" + database + "'")) {
          open = sessions.next();
        }
      }
    }
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet sum =
            statement.executeQuery(
                "SELECT sum(n_tup_ins) FROM pg_stat_user_tables WHERE relname LIKE 'events%'")) {
      sum.next();
      return sum.getLong(1);
    }
  }
}

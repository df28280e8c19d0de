package io.pulsegate.sinks.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.api.WriteResult.Refused;
import io.pulsegate.api.WriteResult.SliceResult;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.TestPostgres;
import java.sql.Connection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the server's errors become, each made by the server itself.
class PostgresErrorsTest {
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
  @ValueSource(
      strings = {"{\"s3cret\":\"\\u0000\"}", "{\"s3cret\":\"\\ud800\"}", "{\"s3cret\":1e999999}"})
  void namesTheOneEventThatTheFlagsMissed(String payload) throws Exception {
    Events.Frame bad =
        Events.of("b").add("b-0", "t", "{}").add("s3cret", "s3cret", payload).frame();
    Batch batch =
        Batches.of(
            KEY, claim(), Events.numbered("a", "e", 500), bad, Events.numbered("a", "f", 500));

    WriteResult result = sink.write(batch);

    assertThat(result).isInstanceOf(Mixed.class);
    List<SliceResult> slices = ((Mixed) result).slices();
    assertThat(slices.getFirst().rejections()).isEmpty();
    assertThat(slices.getFirst().deliveredEnd()).isZero();
    assertThat(slices.getLast().deliveredEnd()).isEqualTo(500);
    assertThat(slices.getLast().rejections())
        .singleElement()
        .satisfies(rejection -> {
          assertThat(rejection.offset()).isEqualTo(501);
          assertThat(rejection.code()).startsWith("22");
          assertThat(rejection.reason()).doesNotContain("s3cret");
        });
    assertThat(stored()).isZero();
    assertThat(
            sink.write(
                Batches.without(
                    KEY,
                    batch.cursor().from(),
                    Set.of(501L),
                    Events.numbered("a", "e", 500),
                    bad,
                    Events.numbered("a", "f", 500))))
        .isEqualTo(new Delivered());
    assertThat(stored()).isEqualTo(1_001);
  }

  @Test
  void namesTheOneEventThatAConstraintRefuses() throws Exception {
    CursorRecord from = claim();
    postgres.execute(
        database, "ALTER TABLE events ADD CONSTRAINT no_seven CHECK (payload->>'n' <> '7')");

    assertThat(sink.write(Batches.of(KEY, from, Events.numbered("a", "e", 10))))
        .isInstanceOfSatisfying(
            Mixed.class,
            mixed ->
                assertThat(mixed.slices().getFirst().rejections())
                    .singleElement()
                    .satisfies(rejection -> {
                      assertThat(rejection.offset()).isEqualTo(7);
                      assertThat(rejection.code()).isEqualTo("23514");
                      assertThat(rejection.reason()).contains("no_seven").doesNotContain("e-7");
                    }));
  }

  @Test
  void blamesNobodyWhereATriggerRefuses() throws Exception {
    CursorRecord from = claim();
    postgres.execute(
        database,
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 's3cret %', NEW.payload USING ERRCODE = '22000'; END $$\
        """,
        "CREATE TRIGGER refuse AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse()");

    assertThat(sink.write(Batches.of(KEY, from, Events.numbered("a", "s3cret", 10))))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo("22000");
              assertThat(refused.reason()).doesNotContain("s3cret");
            });
    assertThat(stored()).isZero();
  }

  @Test
  void refusesWhatIsRefusedAtCommit() throws Exception {
    CursorRecord from = claim();
    postgres.execute(
        database,
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23000'; END $$\
        """,
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED"
            + " FOR EACH ROW EXECUTE FUNCTION refuse()");

    assertThat(sink.write(Batches.of(KEY, from, Events.numbered("a", "e", 10))))
        .isInstanceOf(Refused.class);
    assertThat(stored()).isZero();
    assertThat(((Claim.Owned) sink.claim(KEY, START)).record().head()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"22000", "23505", "P0001"})
  void blamesNoEventForWhatMovingTheCursorRaises(String state) throws Exception {
    CursorRecord from = claim();
    postgres.execute(
        database,
        refuse(state),
        "CREATE TRIGGER refuse BEFORE UPDATE ON pulsegate_cursors FOR EACH ROW EXECUTE FUNCTION refuse()");

    assertUnavailable(
        sink.write(Batches.of(KEY, from, Events.numbered("a", "e", 10))), Cause.OUTAGE);

    postgres.execute(database, "DROP TRIGGER refuse ON pulsegate_cursors");
    assertThat(sink.write(Batches.of(KEY, claim(), Events.numbered("a", "e", 10))))
        .isEqualTo(new Delivered());
    assertThat(stored()).isEqualTo(10);
  }

  @Test
  void blamesNoEventForWhatElseACommitRaises() throws Exception {
    CursorRecord from = claim();
    postgres.execute(
        database,
        refuse("22000"),
        "CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON pulsegate_cursors DEFERRABLE INITIALLY"
            + " DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");

    assertUnavailable(
        sink.write(Batches.of(KEY, from, Events.numbered("a", "e", 10))), Cause.OUTAGE);
    assertThat(stored()).isZero();
  }

  private static String refuse(String state) {
    return """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 's3cret' USING ERRCODE = '%s'; END $$\
    """
        .formatted(state);
  }

  @Test
  void waitsForAPersonWhereTheTableIsGone() throws Exception {
    CursorRecord from = claim();
    postgres.execute(database, "DROP TABLE events");

    assertUnavailable(
        sink.write(Batches.of(KEY, from, Events.numbered("a", "e", 1))), Cause.MISCONFIGURED);
  }

  @Test
  void waitsForAPersonWhereLoginOrDatabaseAreWrong() throws Exception {
    for (String url :
        List.of(
            postgres.url("no_such_database"),
            postgres.url(database).replace("postgres@", "nobody:s3cret@"))) {
      try (PostgresSink wrong = PostgresFixture.sink(url)) {
        assertThat(wrong.claim(KEY, START))
            .isInstanceOfSatisfying(
                Claim.Failed.class,
                failed -> assertUnavailable(failed.unavailable(), Cause.MISCONFIGURED));
      }
    }
  }

  @Test
  void comesAgainWhereNobodyListens() throws Exception {
    try (PostgresSink wrong = PostgresFixture.sink("postgres://u:s3cret@127.0.0.1:1/db")) {
      assertThat(wrong.claim(KEY, START))
          .isInstanceOfSatisfying(
              Claim.Failed.class, failed -> assertUnavailable(failed.unavailable(), Cause.OUTAGE));
    }
  }

  @Test
  void comesAgainAfterItsBackendIsTerminated() throws Exception {
    CursorRecord from = claim();
    postgres.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + database
            + "'");

    assertUnavailable(
        sink.write(Batches.of(KEY, from, Events.numbered("a", "e", 1))), Cause.OUTAGE);

    assertThat(sink.write(Batches.of(KEY, claim(), Events.numbered("a", "e", 1))))
        .isEqualTo(new Delivered());
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void comesAgainWhereTheDatabaseIsReadOnly() throws Exception {
    CursorRecord from = claim();
    sink.close();
    postgres.execute(
        database, "ALTER DATABASE " + database + " SET default_transaction_read_only = on");
    try (PostgresSink again = PostgresFixture.sink(postgres.url(database))) {
      assertUnavailable(
          again.write(Batches.of(KEY, from, Events.numbered("a", "e", 1))), Cause.OUTAGE);
    }
  }

  @Test
  void turnsSynchronousCommitOn() throws Exception {
    postgres.execute(database, "ALTER DATABASE " + database + " SET synchronous_commit = off");
    CursorRecord from = claim();
    postgres.execute(
        database,
        """
        CREATE FUNCTION check_sync() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF current_setting('synchronous_commit') <> 'on' THEN
            RAISE EXCEPTION 'off' USING ERRCODE = '22000';
          END IF;
          RETURN NULL;
        END $$\
        """,
        "CREATE TRIGGER check_sync AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION check_sync()");

    assertThat(sink.write(Batches.of(KEY, from, Events.numbered("a", "e", 1))))
        .isEqualTo(new Delivered());
  }

  private static void assertUnavailable(WriteResult result, Cause cause) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Unavailable.class,
            unavailable -> {
              assertThat(unavailable.cause()).isEqualTo(cause);
              assertThat(unavailable.reason()).isNotEmpty().doesNotContain("s3cret");
            });
  }

  private CursorRecord claim() throws InterruptedException {
    return ((Claim.Owned) sink.claim(KEY, START)).record();
  }

  private long stored() throws Exception {
    try (Connection connection = postgres.connect(database)) {
      return PostgresFixture.stored(connection).size();
    }
  }
}

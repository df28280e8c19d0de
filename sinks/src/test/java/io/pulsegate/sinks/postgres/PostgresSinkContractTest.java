package io.pulsegate.sinks.postgres;

import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.Promise;
import io.pulsegate.testkit.SinkContract;
import io.pulsegate.testkit.StoredEvent;
import io.pulsegate.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresSinkContractTest extends SinkContract {
  @SuppressWarnings("NullAway.Init") // set before the first test
  private TestPostgres postgres;

  private String database = "";
  private Optional<Connection> lock = Optional.empty();

  @BeforeAll
  void startServer() {
    postgres = TestPostgres.start();
  }

  @AfterAll
  void stopServer() {
    postgres.close();
  }

  @org.junit.jupiter.api.BeforeEach
  void makeDatabase() {
    database = postgres.newDatabase();
  }

  @Override
  protected CursorKeepingSink newSink() {
    return PostgresFixture.sink(postgres.url(database));
  }

  @Override
  protected List<StoredEvent> stored() throws Exception {
    try (Connection connection = postgres.connect(database)) {
      return PostgresFixture.stored(connection);
    }
  }

  @Override
  protected Set<Promise> notPromised() {
    // One table for all tenants.
    return Set.of(Promise.TENANT_REFUSED);
  }

  @Override
  protected void addPoison(Events events, String id) throws Exception {
    postgres.execute(
        database, "ALTER TABLE events ADD CONSTRAINT no_poison CHECK (event_type <> 'poison')");
    events.add(id, "poison", "{}");
  }

  /// Its table is locked by somebody else.
  @Override
  protected void stall() throws Exception {
    lock = Optional.of(postgres.connect(database));
    lock.get().setAutoCommit(false);
    try (Statement statement = lock.get().createStatement()) {
      statement.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
    }
  }

  @Override
  protected void resume() throws Exception {
    lock.orElseThrow().close();
  }

  @Override
  protected void takeDown() {
    postgres.kill();
  }

  @Override
  protected void bringBack() {
    postgres.restart();
  }
}

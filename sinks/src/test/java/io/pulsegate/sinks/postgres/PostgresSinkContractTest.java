package io.pulsegate.sinks.postgres;

import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.testkit.SinkContract;
import io.pulsegate.testkit.StoredEvent;
import io.pulsegate.testkit.TestPostgres;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresSinkContractTest extends SinkContract {
  @SuppressWarnings("NullAway.Init") // set before the first test
  private TestPostgres postgres;

  private String database = "";

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
  protected void takeDown() {
    postgres.kill();
  }

  @Override
  protected void bringBack() {
    postgres.restart();
  }
}

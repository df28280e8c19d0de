package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.testkit.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tables of the old systems, in a real PostgreSQL, as `examples/five-systems-postgres.yaml`
/// declares them.
class TablesServerTest {
  private static final Path EXAMPLE = Path.of("..", "examples", "five-systems-postgres.yaml");

  @TempDir private Path folder;
  private final TestPostgres postgres = TestPostgres.shared();
  private String database = "";

  @BeforeEach
  void makeDatabase() {
    database = postgres.newDatabase();
  }

  @Test
  void putsWebVitalsIntoColumnsAndWhatDoesNotFitIntoDeadLetters() throws Exception {
    try (TestServer server = start()) {
      for (String body :
          List.of(
              """
              {"events": [{"time": "2024-01-15T10:30:00Z", "session_id": "abc-123",
                "event_type": "web_vital", "page_path": "/games", "lcp_ms": 1234.5,
                "metric_name": "LCP"}]}\
              """,
              """
              {"events": [{"event_type": "web_vital", "metric_name": "CLS", "cls": "0.1"},
                {"psp_name": "pix", "operation": "deposit", "duration_ms": 1234.5, "success": true,
                 "transaction_id": "tx-456", "amount": 100.00, "currency": "BRL",
                 "time": "2024-01-15T10:31:00Z"}]}\
              """)) {
        assertThat(server.post("/collect", body, "X-Site-Id", "kaasino-prod").statusCode())
            .isEqualTo(202);
      }
      await("SELECT count(*) FROM metrics", "2");

      assertThat(
              ask(
                  """
                  SELECT row("time" AT TIME ZONE 'UTC', site_id, session_id, event_type, page_path,
                    lcp_ms, metric_name, psp_name, success, amount)::text FROM metrics ORDER BY "time"\
                  """))
          .containsExactly(
              "(\"2024-01-15 10:30:00\",kaasino-prod,abc-123,web_vital,/games,1234.5,LCP,,,)",
              "(\"2024-01-15 10:31:00\",kaasino-prod,,psp_metric,,,,pix,t,100.00)");
      assertThat(server.admin("/dead-letters?limit=10"))
          .contains("value_does_not_fit")
          .contains("column cls (double) cannot hold a string");
    }
  }

  /// The queries of the Collection API's own troubleshooting section, with `relname`, which is what
  /// the column that it calls `tablename` is called in PostgreSQL.
  @Test
  void keepsTheTableThatTheCollectionApiIsTroubleshotWith() throws Exception {
    try (TestServer server = start()) {
      assertThat(
              server
                  .post(
                      "/collect",
                      """
                      {"eventType": "batch", "sessionId": "test_session_002", "siteId": "localhost",
                       "events": [{"eventType": "click", "eventData": {"element": "button1"}},
                         {"eventType": "scroll", "eventData": {"depth": 25}},
                         {"eventType": "form_focus", "eventData": {"field": "email"}}]}\
                      """)
                  .statusCode())
          .isEqualTo(200);
      await(
          """
          SELECT client_id || ' ' || count FROM (
            SELECT client_id, COUNT(*), MIN(created_at), MAX(created_at)
            FROM events_log
            WHERE created_at > NOW() - INTERVAL '1 hour'
            GROUP BY client_id) AS seed\
          """,
          "client_acme_corp 4");
      assertThat(
              ask(
                  "SELECT event_type || ' ' || session_id || ' ' || coalesce(event_data::text, '-')"
                      + " FROM events_log ORDER BY event_type"))
          .containsExactly(
              "batch test_session_002 -",
              "click test_session_002 {\"element\": \"button1\"}",
              "form_focus test_session_002 {\"field\": \"email\"}",
              "scroll test_session_002 {\"depth\": 25}");
      server.awaitHealthy();
      assertThat(server.get("/events/count", "X-API-Key", "demo").statusCode()).isEqualTo(200);
    }
    // Counters reach the view when the session that wrote has ended.
    await(
        "SELECT schemaname || ' ' || n_tup_ins FROM pg_stat_user_tables WHERE relname = 'events_log'",
        "public 4");
  }

  /// Level standard: what the log holds is raw, and so is the table that may have it; the other's
  /// route takes personal data out.
  @Test
  void redactsInTheLaneWhereARawCopyMayBeKept() throws Exception {
    String yaml =
        """
        tenants: [{id: demo, keys: [demo]}]
        dialects:
          collection:
            domains: [{domain: shop.example, client: client_acme_corp}]
            template:
              routes:
                - {name: raw, sinks: [{name: raw}]}
                - {name: processed, transform: [{name: pii_scrubber}], sinks: [{name: processed}]}
        sinks:
          raw: {type: postgres, url: "${DATABASE_URL}", table: raw_events}
          processed: {type: postgres, url: "${DATABASE_URL}", table: processed_events}
        """;
    try (TestServer server =
        TestServer.start(
            folder, Optional.of(yaml), Map.of("DATABASE_URL", postgres.url(database)))) {
      assertThat(
              server
                  .post(
                      "/collect",
                      """
                      {"eventType": "form", "siteId": "shop.example",
                       "eventData": {"note": "write to a@b.example"}}\
                      """)
                  .statusCode())
          .isEqualTo(200);
      await("SELECT payload->'eventData'->>'note' FROM raw_events", "write to a@b.example");
      await("SELECT count(*) FROM processed_events", "1");
      assertThat(ask("SELECT payload->'eventData'->>'note' FROM processed_events"))
          .singleElement()
          .asString()
          .startsWith("write to ")
          .doesNotContain("a@b.example");
    }
  }

  private TestServer start() throws Exception {
    return TestServer.start(
        folder,
        Optional.of(Files.readString(EXAMPLE)),
        Map.of("DATABASE_URL", postgres.url(database)));
  }

  private void await(String sql, String expected) throws SQLException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    List<String> found = List.of();
    while (!found.equals(List.of(expected)) && System.nanoTime() < deadline) {
      try {
        found = ask(sql);
      } catch (SQLException noTableYet) {
        found = List.of(noTableYet.getMessage());
      }
    }
    assertThat(found).containsExactly(expected);
  }

  private List<String> ask(String sql) throws SQLException {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (row.next()) {
        values.add(row.getString(1));
      }
      return values;
    }
  }
}

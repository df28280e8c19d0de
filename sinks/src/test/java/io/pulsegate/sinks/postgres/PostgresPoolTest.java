package io.pulsegate.sinks.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Replayable.Present;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.testkit.FakeClock;
import io.pulsegate.testkit.TestPostgres;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Connections that sinks have open to a real server.
class PostgresPoolTest {
  private static final CursorRecord START = CursorRecord.startingAt(0);

  private final TestPostgres postgres = TestPostgres.shared();
  private final PostgresSinkFactory factory = new PostgresSinkFactory();
  private String database = "";

  @BeforeEach
  void makeDatabase() {
    database = postgres.newDatabase();
  }

  @Test
  void keepsNoMoreOpenThanItMayForAllSinksOfADatabase() throws Exception {
    try (PostgresSink second = sink("two", Map.of("pool_size", "1"))) {
      try (PostgresSink first = sink("one", Map.of("pool_size", "1"))) {
        assertThat(claim(first, "a")).isInstanceOf(Claim.Owned.class);
        assertThat(claim(first, "a")).isInstanceOf(Claim.Owned.class);
        assertThat(claim(second, "b"))
            .isInstanceOfSatisfying(
                Claim.Failed.class,
                failed -> {
                  assertThat(failed.unavailable().cause()).isEqualTo(Cause.MISCONFIGURED);
                  assertThat(failed.unavailable().reason())
                      .isEqualTo(
                          "1 sinks deliver into this database already, over a connection each, and"
                              + " pool_size (DATABASE_POOL_SIZE) allows no more than 1: raise it");
                });
      }
      assertThat(claim(second, "b")).isInstanceOf(Claim.Owned.class);
    }
  }

  @Test
  void opensNoMoreForReplaysThanItMay() throws Exception {
    try (PostgresSink live = sink("one", Map.of("pool_size", "1", "max_overflow", "1"));
        PostgresSink next = live.replay("r2", Present.SKIP)) {
      assertThat(claim(live, "a")).isInstanceOf(Claim.Owned.class);
      try (PostgresSink replay = live.replay("r1", Present.AGAIN)) {
        assertThat(claim(replay, "r1")).isInstanceOf(Claim.Owned.class);
        assertThat(claim(next, "r2"))
            .isInstanceOfSatisfying(
                Claim.Failed.class,
                failed ->
                    assertThat(failed.unavailable().reason())
                        .contains("max_overflow (DATABASE_MAX_OVERFLOW) allows no more than 1"));
      }
      assertThat(claim(next, "r2")).isInstanceOf(Claim.Owned.class);
    }
  }

  @Test
  void takesNoPlaceForAConnectionThatDidNotComeAbout() throws Exception {
    String away = postgres.url(database) + "_that_is_not_there";
    try (PostgresSink sink = sink("one", Map.of("pool_size", "1", "url", away))) {
      for (int i = 0; i < 3; i++) {
        assertThat(claim(sink, "a"))
            .isInstanceOfSatisfying(
                Claim.Failed.class,
                failed -> assertThat(failed.unavailable().reason()).doesNotContain("pool_size"));
      }
    }
  }

  private PostgresSink sink(String table, Map<String, String> settings) {
    var all = new HashMap<>(Map.of("url", postgres.url(database), "table", table));
    all.putAll(settings);
    return factory.create(
        PostgresFixture.config(all),
        new SinkContext(table, Path.of("unused"), 64 << 20, FakeClock.atNoon(), Metrics.NONE));
  }

  private static Claim claim(PostgresSink sink, String name) throws InterruptedException {
    return sink.claim(new CursorKey("log", name, 0), START);
  }
}

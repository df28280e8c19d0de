package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.testkit.TestPostgres;
import io.pulsegate.testkit.stores.TestClickHouse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// One tenant into every kind of sink at once, and by two routes into two topics. Each has a cursor
/// and a lag of its own: one that is away holds up no other.
///
/// ClickHouse is among them where its engine can be had; that test says so where it is skipped.
final class FanOutTest {
  private static final int EVENTS = 1_000;

  @Test
  @Timeout(300)
  void deliversIntoAllSinksEachWithItsOwnCursorAndLag(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    fanOut(folder, Map.of());
  }

  @Test
  @Timeout(300)
  void deliversIntoClickHouseBesideThem(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder)
      throws Exception {
    TestClickHouse _ = TestClickHouse.orSkip();
    try (var table = new ClickHouseDestination("fan_out")) {
      fanOut(folder, Map.of("house", table));
    }
  }

  private static void fanOut(Path folder, Map<String, Destination> more) throws Exception {
    String topic = "fan-out-" + more.size();
    try (var postgres = TestPostgres.start();
        var odd = new KafkaDestination(topic + "-odd");
        var even = new KafkaDestination(topic + "-even");
        var objects = new S3Destination();
        var endpoint = new WebhookDestination()) {
      String database = postgres.newDatabase();
      Map<String, Destination> all = new LinkedHashMap<>(more);
      all.put("lake", objects);
      all.put("partner", endpoint);
      all.put("odd", odd);
      all.put("even", even);
      try (var server =
          new ServerProcess(folder, configuration(postgres.url(database), all, more.keySet()))) {
        endpoint.leave();
        assertThat(server.post(events()).statusCode()).isEqualTo(200);
        var others = new ArrayList<>(List.of("local", "warehouse", "lake", "odd", "even"));
        others.addAll(more.keySet());
        server.awaitSettled(others.toArray(String[]::new));
        assertThat(lag(server, "partner")).isEqualTo(EVENTS);

        endpoint.comeBack();
        server.awaitSettled("partner");
        Path staged = server.data().resolve("sinks").resolve("lake");
        server.await("objects to be stored", () -> objects.hasAll(staged));
        assertThat(server.terminate()).as(server.output()).isZero();

        assertThat(Tables.duckDb(server.data(), "SELECT count(DISTINCT event_id) FROM events"))
            .isEqualTo("" + EVENTS);
        String distinct = "SELECT count(DISTINCT event_id) FROM events";
        assertThat(Tables.number(postgres, database, distinct)).isEqualTo(EVENTS);
      }
      assertThat(objects.ids()).isEqualTo(ids(Optional.empty()));
      assertThat(endpoint.ids().stream().distinct().toList()).isEqualTo(ids(Optional.empty()));
      assertThat(odd.ids()).isEqualTo(ids(Optional.of(1)));
      assertThat(even.ids()).isEqualTo(ids(Optional.of(0)));
      for (Destination other : more.values()) {
        assertThat(other.ids()).isEqualTo(ids(Optional.empty()));
      }
    }
  }

  private static String configuration(
      String postgresUrl, Map<String, Destination> destinations, Set<String> more) {
    String sinks =
        destinations.entrySet().stream()
            .map(each -> "  " + each.getKey() + ":\n" + each.getValue().settings().indent(4))
            .collect(Collectors.joining());
    String extra =
        more.stream().map(name -> ", {name: " + name + "}").collect(Collectors.joining());
    return """
    tenants:
      - id: demo
        keys: [demo]
        routes:
          - name: everything
            sinks: [{name: local}, {name: warehouse}, {name: lake}, {name: partner}%s]
          - name: odd
            event_types: [odd]
            sinks: [{name: odd}]
          - name: even
            event_types: [even]
            sinks: [{name: even}]
    sinks:
      local:
        type: duckdb
      warehouse:
        type: postgres
        url: %s
    """
            .formatted(extra, postgresUrl)
        + sinks;
  }

  private static String events() {
    return IntStream.range(0, EVENTS)
        .mapToObj(i ->
            "{\"event_id\":\"%s\",\"event_type\":\"%s\",\"n\":%d}"
                .formatted(id(i), i % 2 == 1 ? "odd" : "even", i))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String id(int number) {
    return "00000000-0000-4000-8000-%012d".formatted(number);
  }

  /// @param remainder of the numbers' division by two
  private static List<String> ids(Optional<Integer> remainder) {
    return IntStream.range(0, EVENTS)
        .filter(i -> remainder.isEmpty() || i % 2 == remainder.get())
        .mapToObj(FanOutTest::id)
        .toList();
  }

  private static double lag(ServerProcess server, String sink) throws Exception {
    return server.metric("pulsegate_stream_lag{sink=\"%s\"}".formatted(sink));
  }
}

package io.pulsegate.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.server.plugins.Components;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The variables that size the old systems, with the sinks there really are.
class SeedVariablesTest {
  private static final String POSTGRES = "postgres://u:secret@h/db";

  private static Checked check(String document, Map<String, String> environment) {
    return new ConfigChecker(_ -> Components.builtIn())
        .check(new ConfigSource(Optional.of(document), Map.of(), environment));
  }

  private static ServerConfig valid(String document, Map<String, String> environment) {
    Checked checked = check(document, environment);
    assertThat(checked).isInstanceOf(Checked.Valid.class);
    return ((Checked.Valid) checked).config();
  }

  private static List<String> effective(ServerConfig config, String path) {
    return config.effective().stream()
        .filter(value -> value.path().equals(path))
        .map(value -> value.value() + " from " + value.origin())
        .toList();
  }

  @Test
  void sizeWritesAsKaasinosDeploymentDoes() {
    ServerConfig config =
        valid("", Map.of("BATCH_SIZE", "100", "FLUSH_INTERVAL", "5s", "WORKERS", "4"));

    assertThat(config.delivery().batchEventsMax()).isEqualTo(100);
    assertThat(config.delivery().linger()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.delivery().writesMax()).isEqualTo(4);
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void leaveNothingWaitingWhereTheyAreNotSet() {
    ServerConfig config = valid("", Map.of());

    assertThat(config.delivery().linger()).isEqualTo(Duration.ZERO);
    assertThat(config.delivery().writesMax()).isEqualTo(DeliveryPolicy.ANY_WRITES);
  }

  @ParameterizedTest
  @CsvSource({"1.5s,1500", "1m30s,90000", "250ms,250", "0s,0", "0,0", "1h,3600000"})
  void areDurationsAsGoWritesThem(String text, long millis) {
    assertThat(valid("", Map.of("FLUSH_INTERVAL", text)).delivery().linger())
        .isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void limitTheConnectionsOfEveryPostgresSinkThatSaysNothingElse() {
    ServerConfig config =
        valid(
            "sinks: {a: {type: postgres, url: \"%s\"}, b: {type: postgres, url: \"%s\", table: b, pool_size: 7}}"
                .formatted(POSTGRES, POSTGRES),
            Map.of("DATABASE_POOL_SIZE", "30", "DATABASE_MAX_OVERFLOW", "100"));

    assertThat(effective(config, "sinks.a.pool_size"))
        .containsExactly("30 from DATABASE_POOL_SIZE");
    assertThat(effective(config, "sinks.a.max_overflow"))
        .containsExactly("100 from DATABASE_MAX_OVERFLOW");
    assertThat(effective(config, "sinks.b.pool_size")).containsExactly("7 from line 1");
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void tellWhenThereIsNothingForThemToLimit() {
    assertThat(valid("", Map.of("DATABASE_POOL_SIZE", "10")).warnings())
        .containsExactly(
            "DATABASE_POOL_SIZE is set and has no effect: there is no sink of the type postgres");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FLUSH_INTERVAL | 5 | FLUSH_INTERVAL: delivery.linger must be a duration",
        "FLUSH_INTERVAL | -1s | FLUSH_INTERVAL: delivery.linger must be a duration",
        "FLUSH_INTERVAL | PT-5S | FLUSH_INTERVAL: delivery.linger must be 0 to 1h",
        "FLUSH_INTERVAL | 2h | FLUSH_INTERVAL: delivery.linger must be 0 to 1h",
        "WORKERS | 0 | WORKERS: delivery.writes must be a whole number from 1 to 1000, was",
        "WORKERS | many | WORKERS: delivery.writes must be a whole number from 1 to 1000, was",
        "BATCH_SIZE | 0 | BATCH_SIZE: delivery.batch_events must be a whole number from 1 to 1000000, was",
        "DATABASE_POOL_SIZE | 0 | DATABASE_POOL_SIZE: sinks.postgres.pool_size must be a whole number from 1 to 1000, was",
        "DATABASE_MAX_OVERFLOW | -1 | DATABASE_MAX_OVERFLOW: sinks.postgres.max_overflow must be a whole number from 0 to 1000, was",
      })
  void sayWhatTheyMayBe(String name, String value, String problem) {
    Checked checked = check("", Map.of("DATABASE_URL", POSTGRES, name, value));

    assertThat(checked)
        .isInstanceOfSatisfying(
            Checked.Invalid.class,
            invalid ->
                assertThat(invalid.problems())
                    .singleElement()
                    .satisfies(found -> assertThat(found.toString()).startsWith(problem)));
  }
}

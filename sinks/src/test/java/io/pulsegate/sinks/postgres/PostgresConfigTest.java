package io.pulsegate.sinks.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresConfigTest {
  @Test
  void hasDefaultsForAllButTheUrl() {
    PostgresConfig config = read(Map.of());

    assertThat(config.url().jdbcUrl()).isEqualTo("jdbc:postgresql://h:5432/db");
    assertThat(config.table()).hasToString("events");
    assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.socketTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.partitions()).isEqualTo(PartitionInterval.MONTH);
    assertThat(config.indexEventId()).isFalse();
    assertThat(config.pool()).isEqualTo(new PostgresConfig.Pool(5, 10));
    assertThat(PostgresConfig.URL.isSecret()).isTrue();
    assertThat(PostgresConfig.URL.isRequired()).isTrue();
  }

  @Test
  void readsEveryKey() {
    PostgresConfig config =
        read(
            Map.of(
                "table", "raw.events_2",
                "connect_timeout", "3s",
                "socket_timeout", "2m",
                "partitions", "day",
                "index_event_id", "true",
                "pool_size", "2",
                "max_overflow", "0"));

    assertThat(config.table().quoted()).isEqualTo("\"raw\".\"events_2\"");
    assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.socketTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(config.partitions()).isEqualTo(PartitionInterval.DAY);
    assertThat(config.indexEventId()).isTrue();
    assertThat(config.pool()).isEqualTo(new PostgresConfig.Pool(2, 0));
    assertThat(PostgresConfig.SPEC.settings()).hasSize(11);
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertThatThrownBy(() -> read(Map.of("table", "events; DROP TABLE x")))
        .hasMessageStartingWith("table ");
    assertThatThrownBy(() -> read(Map.of("table", "a.b.c"))).hasMessageStartingWith("table ");
    assertThatThrownBy(() -> read(Map.of("connect_timeout", "10ms")))
        .hasMessageStartingWith("connect_timeout ");
    assertThatThrownBy(() -> read(Map.of("url", "http://x:s3cret@y/")))
        .hasMessageStartingWith("url ")
        .hasMessageNotContaining("s3cret");
    assertThatThrownBy(
            () -> PostgresConfig.SPEC.reader().apply(new Settings(Map.of("table", "events"))))
        .hasMessage("url is missing");
  }

  @Test
  void namesOnePlaceAlikeHoweverItIsWritten() {
    assertThat(place("postgres://u:p@LOCALHOST/db", "events"))
        .isEqualTo("the table public.events of 127.0.0.1:5432/db")
        .isEqualTo(place("postgresql://other@127.0.0.1:5432/db?sslmode=disable", "public.events"))
        .isEqualTo(place("jdbc:postgresql://[::1]/db", "events"))
        .isNotEqualTo(place("postgres://localhost/db2", "events"))
        .isNotEqualTo(place("postgres://localhost:5433/db", "events"))
        .isNotEqualTo(place("postgres://localhost/db", "raw.events"))
        .isNotEqualTo(place("jdbc:postgresql://localhost/db?currentSchema=raw", "events"));
  }

  private static String place(String url, String table) {
    PostgresConfig config = read(Map.of("url", url, "table", table));
    return new PostgresSinkFactory().place(config, Path.of("unused")).orElseThrow();
  }

  private static PostgresConfig read(Map<String, String> texts) {
    Map<String, String> all = new HashMap<>(Map.of("url", "postgres://u:p@h/db"));
    all.putAll(texts);
    return PostgresConfig.SPEC.reader().apply(new Settings(all));
  }
}

package io.pulsegate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Settings;
import io.pulsegate.api.WriteResult.Cause;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClickHouseConfigTest {
  @Test
  void hasDefaultsForAllButTheAddress() {
    ClickHouseConfig config = read(Map.of());

    assertThat(config.user()).isEqualTo("default");
    assertThat(config.password()).isEmpty();
    assertThat(config.table()).hasToString("events");
    assertThat(config.createTable()).isTrue();
    assertThat(config.insertInterval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.asyncInsert()).isFalse();
    assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.requestTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(ClickHouseConfig.SPEC.settings()).hasSize(9);
  }

  @Test
  void readsEveryKey() {
    ClickHouseConfig config =
        read(
            Map.of(
                "user", "u",
                "password", "p",
                "table", "db.t",
                "create_table", "false",
                "insert_interval", "0",
                "async_insert", "true",
                "connect_timeout", "1s",
                "request_timeout", "2s"));

    assertThat(config.table()).hasToString("db.t");
    assertThat(config.createTable()).isFalse();
    assertThat(config.insertInterval()).isZero();
    assertThat(config.asyncInsert()).isTrue();
    assertThat(config.requestTimeout()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertThatThrownBy(() -> read(Map.of("url", "tcp://x"))).hasMessageStartingWith("url ");
    assertThatThrownBy(() -> read(Map.of("url", "http://u:p@x"))).hasMessageStartingWith("url ");
    assertThatThrownBy(() -> read(Map.of("table", "a`b"))).hasMessageStartingWith("table ");
    assertThatThrownBy(() -> read(Map.of("insert_interval", "1m")))
        .hasMessageStartingWith("insert_interval ");
    assertThatThrownBy(() -> read(Map.of("request_timeout", "0")))
        .hasMessageStartingWith("request_timeout ");
  }

  @Test
  void readsAnswersWithoutShowingWhatIsInThem() {
    String parse = "Code: 27. DB::Exception: Cannot parse input: 'secret' (CANNOT_PARSE_INPUT)";
    assertThat(Answer.of(500, Optional.of("27"), parse))
        .isInstanceOfSatisfying(
            Answer.No.class,
            no ->
                assertThat(no.refused().reason())
                    .contains("CANNOT_PARSE_INPUT")
                    .doesNotContain("secret"));
    assertCause(Answer.of(500, Optional.empty(), "Code: 252, e.displayText() = x"), Cause.OUTAGE);
    assertCause(Answer.of(404, Optional.of("60"), "(UNKNOWN_TABLE)"), Cause.MISCONFIGURED);
    assertCause(Answer.of(403, Optional.empty(), "forbidden"), Cause.MISCONFIGURED);
    assertCause(Answer.of(503, Optional.empty(), "busy"), Cause.OUTAGE);
    // An error after the head of a 200 was sent.
    assertCause(Answer.of(200, Optional.of("241"), "Code: 241"), Cause.OUTAGE);
  }

  @Test
  void knowsWhichServersHaveTokens() {
    assertThat(Schema.hasTokens("18.16.1")).isFalse();
    assertThat(Schema.hasTokens("22.1.9")).isFalse();
    assertThat(Schema.hasTokens("22.2.1")).isTrue();
    assertThat(Schema.hasTokens("26.7.2.1")).isTrue();
    assertThat(Schema.hasTokens("odd")).isFalse();
  }

  private static void assertCause(Answer answer, Cause cause) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Later.class, later -> assertThat(later.unavailable().cause()).isEqualTo(cause));
  }

  private static ClickHouseConfig read(Map<String, String> texts) {
    var all = new HashMap<>(Map.of("url", "http://127.0.0.1:8123"));
    all.putAll(texts);
    return ClickHouseConfig.SPEC.reader().apply(new Settings(all));
  }
}

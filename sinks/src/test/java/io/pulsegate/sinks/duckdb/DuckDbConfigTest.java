package io.pulsegate.sinks.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Settings;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.sinks.sql.TableLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbConfigTest {
  @Test
  void hasDefaultsForAll() {
    DuckDbConfig config = read(Map.of());

    assertThat(config.path()).isEmpty();
    assertThat(config.table()).hasToString("events");
    assertThat(config.memoryLimitBytes()).isEmpty();
    assertThat(config.tempLimitBytes()).isEqualTo(1L << 30);
    assertThat(config.threads()).isEqualTo(1);
    assertThat(config.layout()).isEqualTo(TableLayout.EVENTS);
    assertThat(DuckDbConfig.SPEC.settings()).noneMatch(setting -> setting.isRequired());
  }

  @Test
  void readsEveryKey() {
    DuckDbConfig config =
        read(
            Map.of(
                "path", "/x/y.duckdb",
                "table", "e2",
                "memory_limit", "1GiB",
                "temp_limit", "2GiB",
                "threads", "4",
                "columns", "{\"n\":\"integer\"}",
                "envelope", "true"));

    assertThat(config.path()).hasValue("/x/y.duckdb");
    assertThat(config.table()).hasToString("e2");
    assertThat(config.memoryLimitBytes()).hasValue(1L << 30);
    assertThat(config.tempLimitBytes()).isEqualTo(2L << 30);
    assertThat(config.threads()).isEqualTo(4);
    assertThat(config.layout().columns()).hasSize(TableLayout.EVENTS.columns().size() + 1);
    assertThat(DuckDbConfig.SPEC.settings()).hasSize(7);
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertThatThrownBy(() -> read(Map.of("table", "e\"; --"))).hasMessageStartingWith("table ");
    assertThatThrownBy(() -> read(Map.of("table", "a.b"))).hasMessageStartingWith("table ");
    assertThatThrownBy(() -> read(Map.of("memory_limit", "1MiB")))
        .hasMessageStartingWith("memory_limit ");
    assertThatThrownBy(() -> read(Map.of("threads", "0"))).hasMessageStartingWith("threads ");
  }

  @Test
  void namesOnePlaceAlikeHoweverItIsWritten(@TempDir Path folder) throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), data);
    var factory = new DuckDbSinkFactory();
    Optional<String> place = factory.place(read(Map.of()), data);

    assertThat(place).hasValueSatisfying(text -> assertThat(text).contains("events.duckdb"));
    assertThat(factory.place(read(Map.of("path", link + "/x/../events.duckdb")), folder))
        .isEqualTo(place);
    assertThat(factory.place(read(Map.of("table", "EVENTS")), data)).isEqualTo(place);
    assertThat(factory.place(read(Map.of("table", "e2")), data)).isNotEqualTo(place);
    assertThat(factory.place(read(Map.of("path", data + "/e2.duckdb")), data)).isNotEqualTo(place);
  }

  @Test
  @SuppressWarnings("rawtypes") // a class literal has no type arguments
  void isFoundBesideTheOtherSinks() {
    assertThat(ServiceLoader.load(SinkFactory.class).stream().map(it -> it.get().spec().name()))
        .contains("clickhouse", "duckdb", "postgres", "s3", "webhook");
  }

  private static DuckDbConfig read(Map<String, String> texts) {
    return DuckDbConfig.SPEC.reader().apply(new Settings(texts));
  }
}

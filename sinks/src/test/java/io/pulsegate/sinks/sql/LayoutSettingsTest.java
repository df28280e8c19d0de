package io.pulsegate.sinks.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Settings;
import io.pulsegate.sinks.sql.Column.Origin;
import io.pulsegate.sinks.sql.EventColumn.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayoutSettingsTest {
  @Test
  void isTheEventsTableWithoutSettings() {
    assertThat(LayoutSettings.read(new Settings(Map.of()))).isEqualTo(TableLayout.EVENTS);
  }

  @Test
  void readsShortAndLongDeclarations() {
    TableLayout layout =
        read(
            "false",
            """
            {"created_at":{"from":"received_at"},"lcp_ms":"double",
             "who":{"type":"uuid","field":"user.id","required":"true"}}\
            """);

    assertThat(layout.columns())
        .containsExactly(
            new Column("created_at", Kind.TIME, true, new Origin.Envelope(EventColumn.RECEIVED_AT)),
            new Column("lcp_ms", Kind.DOUBLE, false, new Origin.Field("lcp_ms")),
            new Column("who", Kind.UUID, true, new Origin.Field("user.id")));
    assertThat(layout.timeColumn()).isEqualTo("created_at");
    assertThat(layout.timeSource()).isEqualTo(EventColumn.RECEIVED_AT);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> read("true", "{\"n\":\"int\"}"))
        .hasMessageContaining("columns.n: there is no type \"int\"; there are text, integer");
    assertThatThrownBy(() -> read("true", "{\"n\":{\"field\":\"x\"}}"))
        .hasMessageContaining("columns.n: needs a type");
    assertThatThrownBy(() -> read("true", "{\"n\":{\"type\":\"text\",\"path\":\"x\"}}"))
        .hasMessageContaining("\"path\" is not known");
    assertThatThrownBy(() -> read("true", "{\"n\":{\"type\":\"text\",\"field\":\"a..b\"}}"))
        .hasMessageContaining("names with dots");
    assertThatThrownBy(() -> read("true", "{\"n\":{\"from\":\"tenant\"}}"))
        .hasMessageContaining("such as tenant_id");
    assertThatThrownBy(() -> read("true", "{\"n\":{\"from\":\"tenant_id\",\"type\":\"uuid\"}}"))
        .hasMessageContaining("is taken from tenant_id");
    assertThatThrownBy(() -> read("true", "{\"a b\":\"text\"}")).hasMessageContaining("name");
    assertThatThrownBy(() -> read("true", "{\"payload\":\"json\"}"))
        .hasMessageContaining("payload is there already");
    assertThatThrownBy(() -> read("false", "{\"n\":\"text\"}"))
        .hasMessageContaining("received_at or occurred_at");
    assertThatThrownBy(() -> read("true", "[]")).hasMessageContaining("a map");
    assertThatThrownBy(() -> LayoutSettings.read(new Settings(Map.of("time_column", "event_type"))))
        .hasMessageContaining("time_column");
  }

  private static TableLayout read(String envelope, String columns) {
    return LayoutSettings.read(new Settings(Map.of("envelope", envelope, "columns", columns)));
  }
}

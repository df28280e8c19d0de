package io.pulsegate.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.EventCursor;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TemplateTest {
  private static final String PAYLOAD =
      "{\"other\":{\"id\":1},\"user\":{\"name\":[\"x\"],\"id\":\"\\u00fcx\",\"id\":\"no\",\"age\":4.50,\"ok\":true,\"no\":null},\"id\":{}}";

  @Test
  void putsFieldsOfTheEventIntoTheText() {
    assertThat(of("plain")).hasValue("plain");
    assertThat(of("{tenant}")).hasValue("shop");
    assertThat(of("a-{tenant}.{event_type}_b")).hasValue("a-shop.buy_b");
    assertThat(of("{event_id}/{dialect}/{source}")).hasValue("e-1/native/http");
    assertThat(of("{partition_key}")).hasValue("pk");
    assertThat(of("")).isEmpty();
  }

  @Test
  void findsFieldsOfThePayloadByTheirPath() {
    assertThat(of("{payload.user.id}")).hasValue("üx");
    assertThat(of("{payload.user.age}")).hasValue("4.50");
    assertThat(of("{payload.user.ok}")).hasValue("true");
    assertThat(of("{tenant}:{payload.other.id}")).hasValue("shop:1");
  }

  @Test
  void isEmptyWhereTheEventLacksAField() {
    assertThat(of("{payload.user.no}")).isEmpty();
    assertThat(of("{payload.user.name}")).isEmpty();
    assertThat(of("{payload.user.id.deeper}")).isEmpty();
    assertThat(of("{payload.id}")).isEmpty();
    assertThat(of("{tenant}:{payload.nothing}")).isEmpty();
  }

  @Test
  void writesTimesInRfc3339() {
    for (String time :
        new String[] {
          "2026-03-10T12:00:00.000000Z",
          "1970-01-01T00:00:00.000001Z",
          "1969-12-31T23:59:59.999999Z"
        }) {
      Instant instant = Instant.parse(time);
      long micros = instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
      assertThat(new String(UtcText.ofMicros(micros), StandardCharsets.US_ASCII)).isEqualTo(time);
    }
  }

  private static Optional<String> of(String template) {
    byte[] key = "pk".getBytes(StandardCharsets.UTF_8);
    Events events =
        Events.of("shop").add("e-1", "buy", PAYLOAD, 0, draft -> draft.partitionKey(key, 0, 2));
    EventCursor cursor =
        Batches.of(new CursorKey("l", "s", 0), CursorRecord.startingAt(0), events.frame())
            .cursorOverEvents();
    assertThat(cursor.next()).isTrue();
    return Template.parse(template, Field.ANYWHERE)
        .of(cursor)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}

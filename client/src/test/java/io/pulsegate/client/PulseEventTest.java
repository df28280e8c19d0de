package io.pulsegate.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.DoubleAdder;
import org.junit.jupiter.api.Test;

/// What stands on the wire for an event.
class PulseEventTest {
  private static final long NOW = 1_741_000_000_123L;

  private final Envelope envelope = new Envelope(WireFormat.NATIVE, 1, 2);

  private String written(PulseEvent event) {
    var json = new JsonBytes(16);
    envelope.write(event, NOW, json);
    return new String(json.array(), 0, json.size(), UTF_8);
  }

  @Test
  void writesTheEnvelopeAroundTheFields() {
    String json =
        written(
            PulseEvent.of("checkout")
                .id("e-1")
                .at(Instant.parse("2025-03-01T12:00:00Z"))
                .idempotencyKey("k")
                .partitionKey("p")
                .traceId("t")
                .with("amount", 12.5)
                .with("count", -3L)
                .with("big", Long.MIN_VALUE)
                .with("ok", true)
                .with("event_id", "the application's own"));
    assertThat(json)
        .isEqualTo(
            "{\"event_type\":\"checkout\",\"event_id\":\"e-1\",\"occurred_at\":\"2025-03-01T12:00:00Z\","
                + "\"idempotency_key\":\"k\",\"partition_key\":\"p\",\"trace_id\":\"t\","
                + "\"payload\":{\"amount\":12.5,\"count\":-3,\"big\":-9223372036854775808,\"ok\":true,"
                + "\"event_id\":\"the application's own\"}}");
  }

  @Test
  void makesIdsOfVersion7WithTheTimeOfTracking() {
    String first = FakeServer.id(written(PulseEvent.of("a")));
    String second = FakeServer.id(written(PulseEvent.of("a")));
    assertThat(first)
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
        .isNotEqualTo(second);
    assertThat(Long.parseLong(first.replace("-", "").substring(0, 12), 16)).isEqualTo(NOW);
    assertThat(written(PulseEvent.of("a"))).contains("\"occurred_at\":1741000000123,");
  }

  @Test
  void writesAnyTextAsValidJson() {
    var text = new StringBuilder();
    for (char c = 0; c < 0x300; c++) {
      text.append(c);
    }
    text.append("€ 𝄞 \u2028");
    String json = written(PulseEvent.of("a").with("text", text.toString()));
    assertThat(FakeServer.fields(json))
        .extracting("payload")
        .isEqualTo(Map.of("text", text.toString()));
    assertThat(written(PulseEvent.of("a").with("half", "x\ud834y")))
        .as("half a pair has no UTF-8")
        .contains("x\ufffdy");
  }

  @Test
  void writesMapsListsAndNumbersWithAllTheirDigits() {
    var adder = new DoubleAdder(); // a number of no kind that is known by name
    adder.add(1.5);
    String json =
        written(
            PulseEvent.of("a", Map.of("m", Map.of("list", List.of(1, "two", Optional.empty()))))
                .with("price", new BigDecimal("0.10"))
                .with("float", 0.1f)
                .with("nan", Double.NaN)
                .with("none", (String) null)
                .with("array", new String[] {"x"})
                .with("ints", new int[] {1, -2})
                .with("flags", new boolean[0])
                .with("adder", adder)
                .with("other", Instant.EPOCH));
    assertThat(json)
        .endsWith(
            "\"payload\":{\"m\":{\"list\":[1,\"two\",null]},\"price\":0.10,\"float\":0.1,\"nan\":null,"
                + "\"none\":null,\"array\":[\"x\"],\"ints\":[1,-2],\"flags\":[],\"adder\":1.5,\"other\":\"1970-01-01T00:00:00Z\"}}");
  }

  @Test
  void knowsThatAListWithinItselfCannotBeSent() {
    List<Object> endless = new ArrayList<>();
    endless.add(endless);
    assertThat(PulseEvent.of("a").with("x", endless).isSound()).isFalse();
    assertThat(PulseEvent.of("").isSound()).isFalse();
  }

  @Test
  void throwsNothingWhileItIsPutTogetherAndKnowsThatItCannotBeSent() {
    Object hostile =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("no text for you");
          }
        };
    Map<String, Object> changing =
        new AbstractMap<>() {
          @Override
          public Set<Entry<String, Object>> entrySet() {
            throw new ConcurrentModificationException("somebody else writes");
          }
        };
    Map<String, Object> nameless = new HashMap<>();
    nameless.put(null, 1);
    assertThat(PulseEvent.of("a").with("x", hostile).with("y", 1).isSound()).isFalse();
    assertThat(PulseEvent.of("a").with("x", changing).isSound()).isFalse();
    assertThat(PulseEvent.of("a", changing).isSound()).isFalse();
    assertThat(PulseEvent.of("a", nameless).isSound()).isFalse();
    assertThatThrownBy(() -> PulseEvent.of("a", nameless).toJson(Instant.EPOCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its fields names");
  }

  @Test
  void writesTheFieldsOfTheKaasinoClient() {
    assertThat(written(new ApiCall("wallet", "/api/v1/deposit", "POST", 45.2, 200).event()))
        .endsWith(
            "\"payload\":{\"service_name\":\"wallet\",\"endpoint\":\"/api/v1/deposit\",\"method\":\"POST\","
                + "\"duration_ms\":45.2,\"status_code\":200}}");
    var deposit =
        new PspTransaction(
            "pix",
            "deposit",
            1234.5,
            true,
            Optional.of("player-123"),
            Optional.of("tx-456"),
            Optional.of(new BigDecimal("100.00")),
            Optional.of("BRL"));
    assertThat(written(deposit.event()))
        .endsWith(
            "\"payload\":{\"psp_name\":\"pix\",\"operation\":\"deposit\",\"duration_ms\":1234.5,\"success\":true,"
                + "\"player_id\":\"player-123\",\"transaction_id\":\"tx-456\",\"amount\":100.00,\"currency\":\"BRL\"}}");
  }
}

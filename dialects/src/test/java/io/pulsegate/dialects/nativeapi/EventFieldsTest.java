package io.pulsegate.dialects.nativeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock.OptionalField;
import io.pulsegate.api.EventFlag;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventFieldsTest {
  private static final String GOOD = "{\"event_type\":\"good\"}";

  @Test
  void takesTheExampleOfTheReadme() {
    String body =
        """
        {
            "event_type": "user_sign_up",
            "user_id": "u_123",
            "ip": "8.8.8.8",
            "timestamp": "2025-03-01T12:00:00Z"
          }\
        """;
    Event event = Request.json(body).only();

    assertThat(event.eventType()).isEqualTo("user_sign_up");
    assertThat(event.occurredAt()).isEqualTo("2025-03-01T12:00:00Z");
    assertThat(event.payload()).isEqualTo(body);
    assertThat(event.tenantId()).isEqualTo(Request.DEMO);
    assertThat(event.dialect()).isEqualTo("native");
    assertThat(event.eventId()).hasSize(36);
  }

  @Test
  void readsEveryFieldOfTheEnvelope() {
    Event event =
        Request.json(
                """
                {"event_id":"e1","event_type":"t","tenant_id":"demo","occurred_at":"2025-03-01T12:00:00.5Z",
                "idempotency_key":"k","partition_key":"p","trace_id":"abc","payload":{"a":[1]},"more":1}\
                """)
            .only();

    assertThat(event)
        .returns("e1", Event::eventId)
        .returns("t", Event::eventType)
        .returns(Instant.parse("2025-03-01T12:00:00.5Z"), Event::occurredAt)
        .returns(Optional.of("k"), Event::idempotencyKey)
        .returns(Optional.of("p"), Event::partitionKey)
        .returns(Optional.of("abc"), Event::traceId)
        .returns("{\"a\":[1]}", Event::payload);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"text\"", "[1]", "1", "null", "true"})
  void takesTheWholeObjectWhereThePayloadIsNone(String payload) {
    String body = "{\"event_type\":\"t\",\"payload\":%s}".formatted(payload);
    assertThat(Request.json(body).only().payload()).isEqualTo(body);
  }

  @Test
  void keepsThePayloadByteForByte() {
    String payload =
        "{ \"n\" : 1e999999999, \"d\":-0, \"big\":9007199254740993, \"a\":1, \"a\":2,"
            + " \"__proto__\":{}, \"constructor\":null, \"é\":\"\\u0041\\/\" }";
    String body = "[{\"event_type\":\"t\",\"payload\":" + payload + " }]";
    assertThat(Request.json(body).only().payload()).isEqualTo(payload);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'\"occurred_at\":\"2025-01-01T00:00:00Z\",\"timestamp\":1,\"time\":2', 2025-01-01T00:00:00Z",
        "'\"time\":2,\"timestamp\":1,\"occurred_at\":\"2025-01-01T00:00:00Z\"', 2025-01-01T00:00:00Z",
        "'\"time\":\"2025-01-03\",\"timestamp\":\"2025-01-02\"', 2025-01-02T00:00:00Z",
        "'\"time\":\"2025-01-03\"', 2025-01-03T00:00:00Z",
        "'\"occurred_at\":null,\"timestamp\":null,\"time\":1735689600', 2025-01-01T00:00:00Z",
        "'\"timestamp\":1735689600123', 2025-01-01T00:00:00.123Z",
        "'\"timestamp\":1735689600.25', 2025-01-01T00:00:00.250Z",
        "'\"occurred_at\":\"2025-01-01T01:00:00\\u002b01:00\"', 2025-01-01T00:00:00Z",
        "'\"occurred_at\":\"2025-01-01\",\"time\":{\"zone\":\"CET\"}', 2025-01-01T00:00:00Z",
      })
  void readsTheTimeByItsFirstName(String fields, Instant expected) {
    Request request = Request.json("{\"event_type\":\"t\"," + fields + "}");
    assertThat(request.only().occurredAt()).isEqualTo(expected);
    assertThat(request.flags() & EventFlag.TIME_MADE).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"0000-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59Z\"",
        "\"292277026596-12-04T15:30:07Z\"",
        "9223372036854775807",
        "9999999999999999999999",
        "-1",
        "0",
        "1e9",
        "\"yesterday\"",
        "\"2025-06-03T00:00:00Z\"",
        "\"2025-02-30T00:00:00Z\""
      })
  void takesTheTimeOfIntakeForOneThatCannotBeAndKeepsTheOriginal(String time) {
    Request request = Request.json("{\"event_type\":\"t\",\"timestamp\":" + time + "}");

    assertThat(request.only().occurredAt()).isEqualTo(Request.NOW);
    assertThat(request.flags() & EventFlag.TIME_MADE).isNotZero();
    assertThat(request.blocks().getFirst().optional(OptionalField.ORIGINAL_TIME, 0))
        .contains(time.replace("\"", ""));
  }

  @Test
  void takesNullAndEmptyTextsForAbsent() {
    Request request =
        Request.json(
            """
            {"event_type":"t","event_id":"","tenant_id":null,"idempotency_key":null,
            "trace_id":"","partition_key":null,"occurred_at":null,"payload":null}\
            """);

    assertThat(request.flags()).isEqualTo(EventFlag.ID_MADE | EventFlag.TIME_MADE);
    assertThat(request.only().idempotencyKey()).isEmpty();
    assertThat(request.only().occurredAt()).isEqualTo(Request.NOW);
  }

  @Test
  void decodesTextsAndNamesWrittenWithEscapes() {
    Event event =
        Request.json(
                """
                {"event_\\u0074ype":"a\\/b \\u00e9 \\ud83d\\ude00","event_id":"\\u0041\\"",
                "tenant_id":"d\\u0065mo","trace_id":"\\u0074","partition_key":"\\u0070",
                "idempotency_key":"\\u006b","payload":{}}\
                """)
            .only();

    assertThat(event.eventType()).isEqualTo("a/b é 😀");
    assertThat(event.eventId()).isEqualTo("A\"");
    assertThat(event.traceId()).contains("t");
    assertThat(event.partitionKey()).contains("p");
    assertThat(event.idempotencyKey()).contains("k");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      delimiter = '|',
      value = {
        "{} | MISSING_EVENT_TYPE",
        "{\"event_type\":null} | MISSING_EVENT_TYPE",
        "{\"event_type\":\"\"} | MISSING_EVENT_TYPE",
        "{\"event_type\":5} | INVALID_FIELD",
        "{\"event_type\":[\"t\"]} | INVALID_FIELD",
        "{\"event_type\":\"a\\u0000b\"} | INVALID_FIELD",
        "{\"event_type\":\"a\\nb\"} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"event_id\":17} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"event_id\":\"\\ud800\"} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"event_id\":\"\\u007f\"} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"trace_id\":{}} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"partition_key\":true} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"idempotency_key\":1} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"occurred_at\":{}} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"timestamp\":[]} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"time\":false} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"time\":\"\\u0000\"} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"time\":\"a\\nb\"} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"tenant_id\":\"other\"} | TENANT_MISMATCH",
        "{\"event_type\":\"t\",\"tenant_id\":\"Demo\"} | TENANT_MISMATCH",
        "{\"event_type\":\"t\",\"tenant_id\":\"\"} | TENANT_MISMATCH",
        "{\"event_type\":\"t\",\"tenant_id\":7} | INVALID_FIELD",
        "{\"event_type\":\"t\",\"event_type\":\"t\"} | DUPLICATE_FIELD",
        "{\"event_type\":\"t\",\"event_id\":null,\"event_id\":\"a\"} | DUPLICATE_FIELD",
        "{\"event_type\":\"t\",\"event_id\":\"a\",\"event\\u005fid\":\"b\"} | DUPLICATE_FIELD",
        "{\"event_type\":\"t\",\"payload\":{},\"payload\":{}} | DUPLICATE_FIELD",
        "{\"tenant_id\":\"demo\",\"tenant_id\":\"demo\",\"event_type\":\"t\"} | DUPLICATE_FIELD",
        "null | EXPECTED_OBJECT",
        "7 | EXPECTED_OBJECT",
        "\"text\" | EXPECTED_OBJECT",
        "[] | EXPECTED_OBJECT",
        "[{\"event_type\":\"nested\"}] | EXPECTED_OBJECT"
      })
  void refusesABadEventAndTakesTheGoodOnesBesideIt(String bad, String code) {
    Request array = Request.json("[" + GOOD + "," + bad + "," + GOOD + "]");
    Request envelope = Request.json("{\"events\":[" + GOOD + "," + bad + "," + GOOD + "]}");
    Request lines = Request.lines(GOOD + "\n" + bad + "\n" + GOOD + "\n");

    for (Request request : new Request[] {array, envelope, lines}) {
      assertThat(request.refusals()).containsExactly("1 " + code);
      assertThat(request.types()).containsExactly("good", "good");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"event_type", "event_id", "idempotency_key", "trace_id", "partition_key"})
  void takesTextsOf256BytesAndNoneLonger(String field) {
    String rest = field.equals("event_type") ? "" : "\"event_type\":\"t\",";
    for (String unit : new String[] {"a", "\\u0061", "é", "\\u00e9"}) {
      int bytes = unit.endsWith("a") || unit.endsWith("1") ? 1 : 2;
      String fits = unit.repeat(256 / bytes);
      String body = "[{" + rest + "\"" + field + "\":\"%s\"}," + GOOD + "]";
      assertThat(Request.json(body.formatted(fits)).refusals()).isEmpty();

      Request longer = Request.json(body.formatted(fits + unit));
      assertThat(longer.refusals()).containsExactly("0 INVALID_FIELD");
      assertThat(longer.reason()).contains(field, "256");
      assertThat(longer.types()).containsExactly("good");
    }
    Request megabyte =
        Request.json(
            "[{" + rest + "\"" + field + "\":\"" + "x".repeat(1 << 20) + "\"}," + GOOD + "]");
    assertThat(megabyte.types()).containsExactly("good");
  }

  @Test
  void refusesTheGiantAmongTheSmall() {
    String giant =
        "{\"event_type\":\"giant\",\"a\":\"" + "x".repeat(Request.EVENT_BYTES_MAX) + "\"}";
    Request request = Request.json("[" + GOOD + "," + giant + "," + GOOD + "]");

    assertThat(request.refusals()).containsExactly("1 EVENT_TOO_LARGE");
    assertThat(request.reason()).contains(Integer.toString(Request.EVENT_BYTES_MAX));
    assertThat(request.types()).containsExactly("good", "good");
  }

  @Test
  void namesTheFirstFaultOfAnEvent() {
    Request request = Request.json("{\"tenant_id\":\"x\",\"event_type\":1}");
    assertThat(request.refusals()).containsExactly("0 TENANT_MISMATCH");
    assertThat(request.reason()).contains("demo");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      delimiter = '|',
      value = {
        "{\"event_type\":\"t\",\"payload\":{\"a\":\"\\u0000\"}} | 8",
        "{\"event_type\":\"t\",\"payload\":{\"\\ud800\":1}} | 16",
        "{\"event_type\":\"t\",\"payload\":{\"a\":1e999999999}} | 32",
        "{\"event_type\":\"t\",\"payload\":{\"a\":\"\\u0000\\udc00\",\"b\":1e-99999}} | 56",
        "{\"event_type\":\"t\",\"x\":\"\\u0000\",\"payload\":{},\"y\":\"\\ud800\",\"z\":1e999999} | 0",
        "{\"\\u0000\":1,\"event_type\":\"t\",\"payload\":{}} | 0",
        "{\"event_type\":\"t\",\"payload\":{},\"\\ud800\":1} | 0",
        "{\"x\":\"\\u0000\",\"event_type\":\"t\"} | 8",
        "{\"event_type\":\"t\",\"\\u0000\":1} | 8",
        "{\"event_type\":\"t\",\"payload\":\"\\u0000\"} | 8",
        "{\"event_type\":\"t\",\"payload\":[1e999999],\"x\":1} | 32",
        "{\"x\":1e999999,\"event_type\":\"t\",\"payload\":7} | 32",
        "{\"event_type\":\"t\",\"payload\":{\"a\":\"\\ud83d\\ude00\"}} | 0"
      })
  void flagsExactlyWhatThePayloadHolds(String body, int flags) {
    Request first = Request.json(body);
    assertThat(first.flags() & EventFlag.NEEDS_REPAIR).isEqualTo(flags);

    // Flags of one event are not the next one's.
    Request second = Request.json("[" + body + "," + GOOD + "]");
    assertThat(second.blocks().getFirst().flags(1) & EventFlag.NEEDS_REPAIR).isZero();
  }

  @Test
  void flagsOfTimesThatCountForNothingAreThePayloads() {
    Request request = Request.json("{\"event_type\":\"t\",\"occurred_at\":1e999999}");
    assertThat(request.flags() & EventFlag.NEEDS_REPAIR).isEqualTo(EventFlag.BIG_NUMBER);
  }

  @Test
  void carriesNothingOverToTheNextEvent() {
    Request request =
        Request.json(
            """
            [{"event_type":"a","event_id":"i","idempotency_key":"k","trace_id":"t","partition_key":"p",
            "time":1735689600,"payload":{"x":1}},{"event_type":"b"}]\
            """);
    Event second = request.events().get(1);

    assertThat(second.payload()).isEqualTo("{\"event_type\":\"b\"}");
    assertThat(second.eventId()).isNotEqualTo("i");
    assertThat(second.idempotencyKey()).isEmpty();
    assertThat(second.traceId()).isEmpty();
    assertThat(second.partitionKey()).isEmpty();
    assertThat(second.occurredAt()).isEqualTo(Request.NOW);
  }
}

package io.pulsegate.dialects.nativeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Code;
import io.pulsegate.api.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadersTest {
  private static final String A = "{\"event_type\":\"a\"}";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON; charset=UTF-8",
        "application/json;charset=\"utf-8\"; x=y",
        "text/json",
        "application/x-www-form-urlencoded",
        ""
      })
  void readsJsonByItsTypes(String type) {
    assertThat(Request.send(Head.with("Content-Type", type), "[" + A + "]").types())
        .containsExactly("a");
  }

  @Test
  void readsJsonWithoutAType() {
    assertThat(Request.send(Head.with(), "[" + A + "]").types()).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-ndjson",
        "application/x-ndjson; charset=utf-8",
        "application/ndjson",
        "application/jsonl"
      })
  void readsLinesByTheirTypes(String type) {
    assertThat(Request.send(Head.with("Content-Type", type), A + "\n" + A).types()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/cloudevents+json",
        "application/json; charset=iso-8859-1",
        "application/json; charset=utf-16",
        "application/json, text/plain",
        "json"
      })
  void refusesOtherTypes(String type) {
    assertThat(Request.send(Head.with("Content-Type", type), A).malformed(Code.UNSUPPORTED_TYPE))
        .contains("application/json");
  }

  @Test
  void refusesTwoTypes() {
    Request.send(
            Head.with("Content-Type", "application/json", "content-type", "application/json"), A)
        .malformed(Code.UNSUPPORTED_TYPE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"key-1", "\"key-1\"", " key-1 "})
  void givesTheKeyOfTheHeaderToTheOnlyEvent(String header) {
    Head head = Head.with("Idempotency-Key", header);
    for (String body : new String[] {A, "[" + A + "]", "{\"events\":[" + A + "]}"}) {
      assertThat(Request.send(head, body).only().idempotencyKey()).contains("key-1");
    }
  }

  @Test
  void prefersTheKeyOfTheEvent() {
    Event event =
        Request.send(
                Head.with("Idempotency-Key", "header"),
                "{\"event_type\":\"a\",\"idempotency_key\":\"own\"}")
            .only();
    assertThat(event.idempotencyKey()).contains("own");
  }

  @Test
  void refusesAKeyForSeveralEvents() {
    for (String body : new String[] {"[%s,%s]", "{\"events\":[%s,%s]}", "[1,%s]"}) {
      assertThat(
              Request.send(Head.with("Idempotency-Key", "k"), body.replace("%s", A))
                  .malformed(Code.BAD_REQUEST))
          .contains("idempotency_key");
    }
    Request.send(
            Head.with("Idempotency-Key", "k", "Content-Type", "application/x-ndjson"), A + "\n" + A)
        .malformed(Code.BAD_REQUEST);
  }

  @Test
  void refusesTwoKeys() {
    Request.send(Head.with("Idempotency-Key", "k", "idempotency-key", "l"), A)
        .malformed(Code.BAD_REQUEST);
  }

  @Test
  void refusesAKeyThatIsTooLongForTheEvent() {
    assertThat(Request.send(Head.with("Idempotency-Key", "k".repeat(257)), A).refusals())
        .containsExactly("0 INVALID_FIELD");
  }

  @Test
  void takesAnEmptyKeyForNone() {
    assertThat(Request.send(Head.with("Idempotency-Key", "\"\""), A).only().idempotencyKey())
        .isEmpty();
  }

  @Test
  void givesTheTraceOfTheHeaderToEveryEventWithoutOne() {
    Request request =
        Request.send(
            Head.with("traceparent", PARENT),
            "[" + A + ",{\"event_type\":\"b\",\"trace_id\":\"own\"}]");
    assertThat(request.events().stream().map(event -> event.traceId().orElse("")))
        .containsExactly(TRACE, "own");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-zz"
      })
  void ignoresATraceThatIsMalformed(String parent) {
    assertThat(Request.send(Head.with("traceparent", parent), A).only().traceId()).isEmpty();
  }

  @Test
  void readsTheTraceOfALaterVersion() {
    assertThat(
            Request.send(Head.with("traceparent", "cc" + PARENT.substring(2) + "-more"), A)
                .only()
                .traceId())
        .contains(TRACE);
  }

  @Test
  void ignoresTwoTraces() {
    assertThat(
            Request.send(Head.with("traceparent", PARENT, "traceparent", PARENT), A)
                .only()
                .traceId())
        .isEmpty();
  }
}

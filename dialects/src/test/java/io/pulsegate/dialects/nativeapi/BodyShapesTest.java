package io.pulsegate.dialects.nativeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyShapesTest {
  private static final String A = "{\"event_type\":\"a\"}";
  private static final String B = "{\"event_type\":\"b\"}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[" + A + "," + B + "]",
        " \n[ " + A + " ,\r\n\t" + B + " ] \n",
        "{\"events\":[" + A + "," + B + "]}",
        "{\"sent_at\":1,\"events\":[" + A + "," + B + "],\"tenant_id\":\"demo\"}",
        "{\"tenant_id\":null,\"\\u0065vents\":[" + A + "," + B + "],\"batch\":{\"event_type\":1}}"
      })
  void readsSeveralEvents(String body) {
    Request request = Request.json(body);
    request.understoodWhole(2);
    assertThat(request.types()).containsExactly("a", "b");
    assertThat(request.events().getFirst().payload()).isEqualTo(A);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"event_type\":\"order\",\"events\":[{\"event_type\":\"a\"}]}",
        "{\"events\":[{\"event_type\":\"a\"},1],\"event_type\":\"order\"}",
        "{\"events\":[],\"tenant_id\":\"demo\",\"event_type\":\"order\"}",
        "{\"events\":[],\"events\":[],\"event_type\":\"order\"}",
        "{\"events\":5,\"event_type\":\"order\"}"
      })
  void takesAnObjectWithAnEventTypeForOneEventWhateverElseItHolds(String body) {
    assertThat(Request.json(body).only().eventType()).isEqualTo("order");
    assertThat(Request.json(body).only().payload()).isEqualTo(body);
  }

  @Test
  void takesAnObjectWithoutEventsForOneEvent() {
    assertThat(Request.json("{\"event\":[]}").refusals()).containsExactly("0 MISSING_EVENT_TYPE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"events\":{}}", "{\"events\":null}", "{\"events\":5}"})
  void saysThatEventsMustBeAnArray(String body) {
    assertThat(Request.json(body).parsed())
        .isInstanceOfSatisfying(
            Dialect.Parsed.Malformed.class,
            fault -> assertThat(fault.reason()).startsWith("events must be an array of events"));
  }

  @Test
  void readsOneEventPerLine() {
    Request request =
        Request.lines("\n" + A + "\r\n  \t\r\n\n" + "{\"event_type\" : \"b\" } \n" + A);
    request.understoodWhole(3);
    assertThat(request.types()).containsExactly("a", "b", "a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"event_type\":\"bad\" | BAD_JSON",
        "{\"event_type\":\"bad\"} x | BAD_JSON",
        "{\"event_type\":\"bad\"}{\"event_type\":\"bad\"} | BAD_JSON",
        "{\"event_type\":\"bad\",\"a\":NaN} | BAD_JSON",
        "{\"event_type\":\"bad\",\"a\":01} | BAD_JSON",
        "not json | BAD_JSON",
        "{event_type:1} | BAD_JSON",
        "7 7 | BAD_JSON",
        "\ufeff{\"event_type\":\"bad\"} | BAD_UTF8"
      })
  void refusesABadLineAloneAndKeepsTheOthers(String bad, String code) {
    Request request = Request.lines(A + "\n\n" + bad + "\n" + B);

    assertThat(request.refusals()).containsExactly("1 " + code);
    assertThat(request.reason()).startsWith("line 3: ").contains("byte");
    assertThat(request.types()).containsExactly("a", "b");
  }

  @Test
  void refusesALineThatIsTooDeepAlone() {
    String deep = "{\"event_type\":\"bad\",\"a\":" + "[".repeat(64) + "]".repeat(64) + "}";
    Request request = Request.lines(A + "\n" + deep + "\n" + B);
    assertThat(request.refusals()).containsExactly("1 TOO_DEEP");
    assertThat(request.types()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "[%s,{\"event_type\":\"b\" | BAD_JSON",
        "[%s,] | BAD_JSON",
        "[%s %s] | BAD_JSON",
        "[%s] x | BAD_JSON",
        "[%s,{\"event_type\":\"b\",\"a\":NaN}] | BAD_JSON",
        "[%s,{\"event_type\":\"b\",\"a\":-Infinity}] | BAD_JSON",
        "[%s,{\"event_type\":\"b\",\"a\":1.}] | BAD_JSON",
        "[%s,{\"event_type\":\"b\",\"a\":\"\\x\"}] | BAD_JSON",
        "[%s,{\"event_type\":\"b\",\"a\":'x'}] | BAD_JSON",
        "{\"events\":[%s],} | BAD_JSON",
        "{\"events\":[%s]}} | BAD_JSON",
        "\ufeff[%s] | BAD_UTF8"
      })
  void keepsNothingOfADocumentThatIsNotJson(String body, String code) {
    assertThat(Request.json(body.replace("%s", A)).malformed(Code.valueOf(code)))
        .contains("byte")
        .contains("line 1, column");
  }

  @Test
  void namesByteLineAndColumnOfAFault() {
    String reason = Request.json("[\n" + A + ",\n  oops]").malformed(Code.BAD_JSON);
    assertThat(reason).contains("at byte 24", "line 3, column 3");
  }

  @Test
  void saysHowToSendSeveralEvents() {
    assertThat(Request.json(A + "\n" + B).malformed(Code.BAD_JSON))
        .contains("application/x-ndjson");
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[][] bodies = {
      {'[', '"', (byte) 0xc0, (byte) 0x80, '"', ']'}, // overlong NUL
      {'[', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', ']'}, // a surrogate in UTF-8
      {'[', '"', (byte) 0xff, '"', ']'},
      A.getBytes(StandardCharsets.UTF_16LE),
      A.getBytes(StandardCharsets.UTF_16BE),
      A.getBytes(StandardCharsets.UTF_16)
    };
    for (byte[] body : bodies) {
      Request.send(Head.with(), body, DialectLimits.DEFAULT).malformed(Code.BAD_UTF8);
    }
  }

  @Test
  void refusesWhatIsTooDeepOrTooLong() {
    int inside = DialectLimits.DEFAULT.depthMax() - 1;
    String body = "{\"event_type\":\"a\",\"x\":%s1%s}";
    assertThat(
            Request.json(body.formatted("[".repeat(inside), "]".repeat(inside))).only().eventType())
        .isEqualTo("a");
    assertThat(
            Request.json(body.formatted("[".repeat(inside + 1), "]".repeat(inside + 1)))
                .malformed(Code.TOO_DEEP))
        .contains("64");
    Request.json("[".repeat(1_000_000)).malformed(Code.TOO_DEEP);
    Request.json("{\"event_type\":\"a\",\"n\":" + "9".repeat(1 << 20) + "}")
        .malformed(Code.BAD_JSON);
    Request.json("{\"event_type\":\"a\",\"" + "n".repeat(5000) + "\":1}").malformed(Code.BAD_JSON);
  }

  @Test
  void keepsToTheDepthItIsGiven() {
    DialectLimits limits = new DialectLimits(10, 3);
    byte[] fits = "[{\"event_type\":\"a\",\"x\":[]}]".getBytes(StandardCharsets.UTF_8);
    byte[] deeper = "[{\"event_type\":\"a\",\"x\":[[]]}]".getBytes(StandardCharsets.UTF_8);
    assertThat(Request.send(Head.with(), fits, limits).types()).containsExactly("a");
    assertThat(Request.send(Head.with(), deeper, limits).malformed(Code.TOO_DEEP)).contains("3");
    assertThatThrownBy(() -> new DialectLimits(10, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DialectLimits(0, 64)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n ", "[]", "{\"events\":[]}"})
  void refusesAnEmptyRequest(String body) {
    assertThat(Request.json(body).malformed(Code.EMPTY_REQUEST)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\r\n  \n"})
  void refusesEmptyLines(String body) {
    assertThat(Request.lines(body).malformed(Code.EMPTY_REQUEST)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "\"text\"", "true"})
  void refusesABodyThatIsAScalar(String body) {
    assertThat(Request.json(body).malformed(Code.EXPECTED_OBJECT)).isNotEmpty();
  }

  @Test
  void refusesAnEnvelopeOfAnotherTenant() {
    for (String tenant : new String[] {"\"other\"", "7", "\"\\ud800\""}) {
      Request.json("{\"tenant_id\":" + tenant + ",\"events\":[" + A + "]}")
          .malformed(Code.TENANT_MISMATCH);
      Request.json("{\"events\":[" + A + "],\"tenant_id\":" + tenant + "}")
          .malformed(Code.TENANT_MISMATCH);
    }
  }

  @Test
  void refusesAnEnvelopeWithTwoArraysOfEvents() {
    Request.json("{\"events\":[" + A + "],\"events\":[" + B + "]}").malformed(Code.DUPLICATE_FIELD);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 50})
  void takesAsManyEventsAsTheLimitSaysAndNotOneMore(int max) {
    DialectLimits limits = new DialectLimits(max, 64);
    Head json = Head.with();
    Head lines = Head.with("Content-Type", "application/x-ndjson");
    for (int count : new int[] {max, max + 1}) {
      String array = events(count, ",");
      List<Request> requests =
          List.of(
              Request.send(json, ("[" + array + "]").getBytes(StandardCharsets.UTF_8), limits),
              Request.send(
                  json, ("{\"events\":[" + array + "]}").getBytes(StandardCharsets.UTF_8), limits),
              Request.send(lines, events(count, "\n").getBytes(StandardCharsets.UTF_8), limits));
      for (Request request : requests) {
        if (count == max) {
          request.understoodWhole(max);
        } else {
          assertThat(request.malformed(Code.TOO_MANY_EVENTS)).contains(Integer.toString(max));
        }
      }
    }
  }

  @Test
  void countsNoEventsInsideOneEvent() {
    String body = "{\"events\":[" + events(50, ",") + "],\"event_type\":\"a\"}";
    Request request =
        Request.send(Head.with(), body.getBytes(StandardCharsets.UTF_8), new DialectLimits(10, 64));
    assertThat(request.only().payload()).isEqualTo(body);
  }

  private static String events(int count, String separator) {
    return IntStream.range(0, count).mapToObj(i -> A).collect(Collectors.joining(separator));
  }
}

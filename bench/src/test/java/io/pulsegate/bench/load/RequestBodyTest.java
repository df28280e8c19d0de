package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonScanner;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestBodyTest {
  private static final long SEED = 42;
  private static final byte[] TIME = "2026-11-20T20:00:00.123Z".getBytes(US_ASCII);

  @Test
  void rendersDefaultEventsOfExactly288Bytes() {
    for (long seed = 0; seed < 200; seed++) {
      assertThat(EventShape.DEFAULT.render(new SplittableRandom(seed)).sizeBytes())
          .as("seed %d", seed)
          .isEqualTo(288);
    }
  }

  @Test
  void rendersLargeEventsOfExactly4096Bytes() {
    assertThat(EventShape.LARGE.render(new SplittableRandom(SEED)).sizeBytes()).isEqualTo(4096);
  }

  @ParameterizedTest
  @EnumSource
  void rendersJsonThatAStrictReaderTakes(EventShape shape) {
    var scanner = new JsonScanner();
    for (long seed = 0; seed < 50; seed++) {
      byte[] bytes = shape.render(new SplittableRandom(seed)).bytes();
      scanner.reset(bytes, 0, bytes.length);
      assertThat(scanner.skipValue()).as("seed %d", seed).isEqualTo(JsonKind.OBJECT);
      scanner.end();
    }
  }

  @Test
  void writesAnIdAsUuidWritesIt() {
    for (long sequence = 0; sequence < 1000; sequence++) {
      long high = EventIds.high(SEED, sequence);
      long low = EventIds.low(SEED, sequence);
      var text = new byte[EventIds.LENGTH];
      EventIds.write(text, 0, high, low);
      var id = new UUID(high, low);
      assertThat(new String(text, US_ASCII)).isEqualTo(id.toString());
      assertThat(id.version()).isEqualTo(4);
      assertThat(id.variant()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void patchesEveryEventOfABatchAndNothingElse(EventShape shape) {
    var payload = new Payload(shape, 7, false, 0, SEED);
    var body = new RequestBody(payload, new SplittableRandom(SEED));
    body.patch(0, TIME);
    var first = new String(body.bytes(), UTF_8);
    body.patch(700, TIME);
    var second = new String(body.bytes(), UTF_8);
    assertThat(ids(second)).containsExactlyElementsOf(expectedIds(700, 7));
    assertThat(withoutIds(second)).isEqualTo(withoutIds(first));
    assertThat(Pattern.compile("2026-11-20T20:00:00.123Z").matcher(second).results().count())
        .isEqualTo(7);
  }

  @Test
  void sendsOneEventAsAnObject() {
    var body =
        new RequestBody(
            new Payload(EventShape.SMALL, 1, false, 0, SEED), new SplittableRandom(SEED));
    body.patch(3, TIME);
    var text = new String(body.bytes(), UTF_8);
    assertThat(text).startsWith("{").endsWith("}");
    assertThat(ids(text)).containsExactlyElementsOf(expectedIds(3, 1));
  }

  @ParameterizedTest
  @EnumSource
  void writesTheWordsOfEverySystem(WireFormat wire) {
    int batch = wire == WireFormat.PULSEMETRICS ? 1 : 5;
    var scanner = new JsonScanner();
    for (int events = 1; events <= batch; events++) {
      var payload = new Payload(wire, EventShape.DEFAULT, events, false, 0, SEED);
      var body = new RequestBody(payload, new SplittableRandom(SEED));
      body.patch(30, TIME);
      scanner.reset(body.bytes(), 0, body.bytes().length);
      scanner.skipValue();
      scanner.end();
      var text = new String(body.bytes(), UTF_8);
      assertThat(ids(text, wire.names().id())).containsExactlyElementsOf(expectedIds(30, events));
      assertThat(text.split(new String(TIME, US_ASCII), -1)).hasSize(events + 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void makesEventsOfAllSystemsEquallyLong(WireFormat wire) {
    for (long seed = 0; seed < 50; seed++) {
      assertThat(ForeignEvents.render(wire, new SplittableRandom(seed), 0, 1).sizeBytes())
          .isEqualTo(288);
    }
  }

  @Test
  void poisonsEveryNthEventAndRestoresTheTypeAfterwards() {
    var payload = new Payload(EventShape.DEFAULT, 4, false, 3, SEED);
    var body = new RequestBody(payload, new SplittableRandom(SEED));
    body.patch(0, TIME);
    assertThat(types(body)).containsExactly(false, false, true, false);
    body.patch(4, TIME);
    assertThat(types(body)).containsExactly(false, true, false, false);
  }

  private static List<Boolean> types(RequestBody body) {
    return Pattern.compile("\"event_type\":\"(\\w{6})\"")
        .matcher(new String(body.bytes(), UTF_8))
        .results()
        .map(match -> match.group(1).equals("poison"))
        .toList();
  }

  private static List<String> ids(String text) {
    return ids(text, "event_id");
  }

  private static List<String> ids(String text, String name) {
    return Pattern.compile('"' + name + "\":\"([0-9a-f-]{36})\"")
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  private static List<String> expectedIds(long first, int count) {
    return LongStream.range(first, first + count)
        .mapToObj(n -> new UUID(EventIds.high(SEED, n), EventIds.low(SEED, n)).toString())
        .toList();
  }

  private static String withoutIds(String text) {
    return text.replaceAll("\"event_id\":\"[0-9a-f-]{36}\"", "");
  }
}

package io.pulsegate.dialects.nativeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGeneratorFactory;

/// One request to the native dialect and what came of it.
record Request(Parsed parsed, List<EventBlock> blocks) {
  static final Instant NOW = Instant.parse("2025-06-01T12:00:00Z");
  static final TenantId DEMO = new TenantId("demo");
  static final int EVENT_BYTES_MAX = 1 << 20;

  static Request json(String body) {
    return send(Head.with("Content-Type", "application/json"), body);
  }

  static Request lines(String body) {
    return send(Head.with("Content-Type", "application/x-ndjson"), body);
  }

  static Request send(Head head, String body) {
    return send(head, body.getBytes(StandardCharsets.UTF_8), DialectLimits.DEFAULT);
  }

  /// The body stands in the middle of a larger array, as it may in a server.
  static Request send(Head head, byte[] body, DialectLimits limits) {
    byte[] shared = new byte[body.length + 20];
    Arrays.fill(shared, (byte) '"');
    System.arraycopy(body, 0, shared, 7, body.length);
    EventWriter writer = writer(body.length);
    Parsed parsed =
        new NativeDialect(limits).parse(head, new Bytes(shared, 7, 7 + body.length), writer);
    return new Request(parsed, writer.finish());
  }

  static EventWriter writer(int expectedBytes) {
    return new EventWriter(
        new LaneKey(DEMO, 1),
        Source.HTTP,
        NativeDialect.NAME,
        new EventWriter.HashKey(1, 2),
        new EventWriter.Limits(EVENT_BYTES_MAX, EVENT_BYTES_MAX + 65_536),
        NOW,
        RandomGeneratorFactory.of("L64X128MixRandom").create(42),
        expectedBytes);
  }

  /// The events that were encoded, in order.
  List<Event> events() {
    List<Event> events = new ArrayList<>();
    for (EventBlock block : blocks) {
      for (int i = 0; i < block.count(); i++) {
        events.add(Event.of(block, i, DEMO, 0));
      }
    }
    return events;
  }

  List<String> types() {
    return events().stream().map(Event::eventType).toList();
  }

  /// The request held so many events and none was refused.
  void understoodWhole(int total) {
    assertThat(parsed).isInstanceOf(Parsed.Events.class);
    assertThat(((Parsed.Events) parsed).total()).isEqualTo(total);
    assertThat(((Parsed.Events) parsed).refusals()).isEmpty();
  }

  /// The only event, where nothing was refused.
  Event only() {
    understoodWhole(1);
    assertThat(events()).hasSize(1);
    return events().getFirst();
  }

  /// Flags of the only event.
  int flags() {
    assertThat(only()).isNotNull();
    return blocks.getFirst().flags(0);
  }

  /// `index code` for each event refused.
  List<String> refusals() {
    assertThat(parsed).isInstanceOf(Parsed.Events.class);
    return ((Parsed.Events) parsed)
        .refusals().stream().map(refusal -> refusal.index() + " " + refusal.code()).toList();
  }

  /// Why the first refused event was.
  String reason() {
    return ((Parsed.Events) parsed).refusals().getFirst().reason();
  }

  /// The request was refused as a whole for this reason, and nothing of it was kept.
  String malformed(Code code) {
    assertThat(blocks).isEmpty();
    assertThat(parsed).isInstanceOf(Parsed.Malformed.class);
    Parsed.Malformed malformed = (Parsed.Malformed) parsed;
    assertThat(malformed.code()).as(malformed.reason()).isEqualTo(code);
    return malformed.reason();
  }
}

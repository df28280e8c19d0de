package io.pulsegate.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Makes writers and drafts for tests.
final class Encoding {
  static final Instant NOW = Instant.parse("2025-06-01T12:00:00.123456Z");
  static final LaneKey DEMO = new LaneKey(new TenantId("demo"), 1);
  static final EventWriter.HashKey KEY = new EventWriter.HashKey(11, 22);
  static final EventWriter.Limits LIMITS = new EventWriter.Limits(1 << 20, (1 << 20) + 65_536);

  private Encoding() {}

  static EventWriter writer(EventWriter.Limits limits) {
    return writer(DEMO, KEY, limits);
  }

  static EventWriter writer(LaneKey lane, EventWriter.HashKey key, EventWriter.Limits limits) {
    return new EventWriter(lane, Source.HTTP, "native", key, limits, NOW, random(7), 0);
  }

  static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// A draft with a payload and a type.
  static EventDraft draft(String payload, String type) {
    EventDraft draft = new EventDraft();
    draft.begin(bytes(payload), 0, bytes(payload).length);
    draft.type(bytes(type), 0, bytes(type).length);
    return draft;
  }

  /// The one block that an event becomes.
  static EventBlock encode(EventDraft draft) {
    return encode(writer(LIMITS), draft);
  }

  static EventBlock encode(EventWriter writer, EventDraft draft) {
    if (writer.add(draft, 0).isPresent()) {
      throw new AssertionError("refused");
    }
    return writer.finish().getFirst();
  }

  /// A block of events with these types and nothing else.
  static EventBlock block(String... types) {
    EventWriter writer = writer(LIMITS);
    for (String type : types) {
      if (writer.add(draft("{}", type), 0).isPresent()) {
        throw new AssertionError("refused");
      }
    }
    return writer.finish().getFirst();
  }
}

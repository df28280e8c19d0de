package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Locale;
import java.util.random.RandomGenerator;

/// Events as the clients of the systems send them that PulseGate replaces, of as many bytes as the
/// native one, so that they can be compared.
final class ForeignEvents {
  private static final String ID = "00000000-0000-4000-8000-000000000000";
  private static final String TIME = "1970-01-01T00:00:00.000Z";

  private static final String DATA = ",\"eventData\":{\"element\":\"button1\",\"note\":\"";

  private ForeignEvents() {}

  /// @param index of the event in its request
  /// @param batch events of the request
  static EventTemplate render(WireFormat wire, RandomGenerator random, int index, int batch) {
    byte[] bytes =
        switch (wire) {
          case NATIVE -> EventShape.DEFAULT.render(random).bytes();
          case KAASINO -> filled(kaasino(random), "\"}");
          case EVENT_COLLECTOR -> filled(eventCollector(random), "\"},\"metadata\":{}}");
          case PULSEMETRICS -> filled(pulseMetrics(random), "\"}}");
          case COLLECTION ->
              batch > 1 && index == 0
                  ? (collection("batch", random) + ",\"events\":[").getBytes(US_ASCII)
                  : filled(
                      batch > 1 ? inherited(random) : collection("signup", random) + DATA, "\"}}");
        };
    return new EventTemplate(bytes, wire.names());
  }

  private static byte[] filled(String start, String end) {
    return EventShape.filled(start, end, EventShape.DEFAULT_SIZE_BYTES);
  }

  private static String kaasino(RandomGenerator random) {
    return String.format(
        Locale.ROOT,
        "{\"event_id\":\"%s\",\"time\":\"%s\",\"session_id\":\"s_%010x\",\"event_type\":\"web_vital\","
            + "\"page_path\":\"/games\",\"lcp_ms\":%d.%d,\"metric_name\":\"LCP\",\"note\":\"",
        ID,
        TIME,
        random.nextLong(1L << 40),
        random.nextInt(100, 10_000),
        random.nextInt(10));
  }

  private static String eventCollector(RandomGenerator random) {
    return String.format(
        Locale.ROOT,
        "{\"event_id\":\"%s\",\"learner_id\":\"learner_%03d\",\"event_type\":\"system\","
            + "\"timestamp\":\"%s\",\"source_service\":\"bench\",\"event_data\":{\"action\":\"click\",\"note\":\"",
        ID,
        random.nextInt(1_000),
        TIME);
  }

  private static String pulseMetrics(RandomGenerator random) {
    return String.format(
        Locale.ROOT,
        "{\"id\":\"%s\",\"type\":\"page_view\",\"timestamp\":\"%s\",\"name\":\"/home\",\"value\":%d,"
            + "\"tags\":{\"browser\":\"chrome\",\"user\":\"anon\",\"note\":\"",
        ID,
        TIME,
        random.nextInt(100));
  }

  private static String collection(String type, RandomGenerator random) {
    return String.format(
        Locale.ROOT,
        "{\"eventId\":\"%s\",\"eventType\":\"%s\",\"timestamp\":\"%s\",\"sessionId\":\"sess_%010x\","
            + "\"visitorId\":\"vis_%06x\",\"siteId\":\"localhost\"",
        ID,
        type,
        TIME,
        random.nextLong(1L << 40),
        random.nextInt(1 << 24));
  }

  /// Session, visitor, site and time come from the wrapper, as in the system's own example; the
  /// time is there to be patched.
  private static String inherited(RandomGenerator random) {
    return String.format(
        Locale.ROOT,
        "{\"eventId\":\"%s\",\"eventType\":\"%s\",\"timestamp\":\"%s\"%s",
        ID,
        random.nextBoolean() ? "click" : "scroll",
        TIME,
        DATA);
  }
}

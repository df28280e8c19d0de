package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.random.RandomGenerator;

/// What generated events look like. All are minified JSON with an id, a type of six letters (so
/// that it can be exchanged in place), a time with milliseconds, and properties.
public enum EventShape {
  /// A product event of exactly 288 bytes.
  DEFAULT("a product event of 288 bytes"),
  /// Hardly more than the envelope.
  SMALL("about 120 bytes, hardly more than the envelope"),
  /// A nested event of 4,096 bytes.
  LARGE("a nested event of 4,096 bytes"),
  /// Many scripts, emoji, escapes and a character outside the basic plane.
  UNICODE("many scripts, emoji and escapes");

  static final int DEFAULT_SIZE_BYTES = 288;
  static final int LARGE_SIZE_BYTES = 4096;

  private static final String[] TYPES = {
    "signup", "search", "viewed", "logout", "upload", "rating"
  };
  private static final String[] PAGES = {"/pricing", "/catalog", "/account", "/support"};
  private static final String[] PLANS = {"free", "team", "solo", "corp"};
  private static final String FILLER =
      "the quick brown fox jumps over the lazy dog while events arrive from many places at once ";

  private final String meaning;

  EventShape(String meaning) {
    this.meaning = meaning;
  }

  /// One line for the help text.
  public String meaning() {
    return meaning;
  }

  /// The name as it is written on the command line.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// One event of this shape, with zeros where id and time will be patched in.
  EventTemplate render(RandomGenerator random) {
    return new EventTemplate(
        switch (this) {
          case DEFAULT -> filled(envelope(random) + properties(random), "\"}}", DEFAULT_SIZE_BYTES);
          case SMALL -> (envelope(random) + "}").getBytes(UTF_8);
          case LARGE -> filled(envelope(random) + items(random), "\"}", LARGE_SIZE_BYTES);
          case UNICODE -> unicode(random).getBytes(UTF_8);
        },
        WireFormat.NATIVE.names());
  }

  private static String envelope(RandomGenerator random) {
    return "{\"event_id\":\"00000000-0000-4000-8000-000000000000\",\"event_type\":\""
        + pick(TYPES, random)
        + "\",\"occurred_at\":\"1970-01-01T00:00:00.000Z\"";
  }

  private static String properties(RandomGenerator random) {
    return String.format(
        Locale.ROOT,
        ",\"user_id\":\"u_%08d\",\"session_id\":\"s_%010x\",\"properties\":{\"page\":\"%s\",\"plan\":\"%s\","
            + "\"amount\":%d.%02d,\"items\":%d,\"new\":%b,\"note\":\"",
        random.nextInt(100_000_000),
        random.nextLong(1L << 40),
        pick(PAGES, random),
        pick(PLANS, random),
        random.nextInt(10, 1000),
        random.nextInt(100),
        random.nextInt(10),
        random.nextBoolean());
  }

  private static String items(RandomGenerator random) {
    var text = new StringBuilder(",\"cart\":{\"currency\":\"EUR\",\"items\":[");
    for (int i = 0; i < 30; i++) {
      text.append(i == 0 ? "" : ",")
          .append("{\"sku\":\"")
          .append(Long.toHexString(random.nextLong()))
          .append("\",\"price\":")
          .append(random.nextInt(100_000))
          .append(",\"tags\":[\"")
          .append(pick(PLANS, random))
          .append("\",null,true]}");
    }
    return text.append("]},\"note\":\"").toString();
  }

  private static String unicode(RandomGenerator random) {
    return envelope(random)
        + ",\"user_id\":\"пользователь_"
        + random.nextInt(1_000_000)
        + "\",\"properties\":{\"日本語\":\"東京都\",\"emoji\":\"👩‍🚀🎉\",\"tiếng Việt\":\"không lây nhiễm\","
        + "\"עברית\":\"שלום\",\"escaped\":\"tab\\tquote\\\"slash\\\\\\u00e9\\ud83d\\ude00\",\"e\\u0301\":\"e\u0301\"}}";
  }

  /// A text between these two, of that many bytes.
  static byte[] filled(String start, String end, int sizeBytes) {
    var text = new StringBuilder(sizeBytes).append(start);
    for (int i = 0; text.length() + end.length() < sizeBytes; i++) {
      text.append(FILLER.charAt(i % FILLER.length()));
    }
    return text.append(end).toString().getBytes(UTF_8);
  }

  private static String pick(String[] values, RandomGenerator random) {
    return values[random.nextInt(values.length)];
  }
}

package io.pulsegate.sinks.s3;

import io.pulsegate.api.Event;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How objects are named: text with parts in braces, of which only those listed here are allowed.
///
/// `{tenant}`, `{type}` and the parts of the receive time (UTC) `{date}` (2026-03-10), `{year}`,
/// `{month}`, `{day}`, `{hour}` decide which object an event goes into; `{first}`, `{last}`
/// (offsets) and `{time}` (20260310_120000, of the first event) name its range; `{ext}` is the
/// format's.
///
/// **A name has the first offset and the time in it, so that no two objects have one name: an event
/// stands in one object only, and an offset comes again only in another log, at another time.**
record KeyTemplate(String text) {
  private static final Pattern PART = Pattern.compile("\\{([^{}]*)}");
  private static final Set<String> OF_EVENT =
      Set.of("tenant", "type", "date", "year", "month", "day", "hour");
  private static final Set<String> OF_RANGE = Set.of("first", "last", "time", "ext");
  private static final Set<String> REQUIRED = Set.of("first", "time");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9!_.*'()/=-]*");
  private static final int TYPE_CHARS_MAX = 64;
  private static final DateTimeFormatter TIME = format("yyyyMMdd_HHmmss");
  private static final DateTimeFormatter DATE = format("yyyy-MM-dd");

  KeyTemplate {
    var parts = new TreeSet<String>();
    Matcher matcher = PART.matcher(text);
    while (matcher.find()) {
      parts.add(matcher.group(1));
    }
    for (String part : parts) {
      if (!OF_EVENT.contains(part) && !OF_RANGE.contains(part)) {
        var allowed = new TreeSet<>(OF_EVENT);
        allowed.addAll(OF_RANGE);
        throw new IllegalArgumentException(
            "has the part {%s}; allowed are %s".formatted(part, String.join(", ", allowed)));
      }
    }
    if (!parts.containsAll(REQUIRED)) {
      throw new IllegalArgumentException(
          "must have the parts {first} and {time}, so that no object replaces another; was \"%s\""
              .formatted(text));
    }
    String plain = PART.matcher(text).replaceAll("");
    if (!PLAIN.matcher(plain).matches() || text.startsWith("/") || text.contains("..")) {
      throw new IllegalArgumentException(
          "is letters, digits and !_.*'()/=- around its parts, neither beginning with / nor with ..;"
              + " was \""
              + text
              + "\"");
    }
  }

  /// The parts that decide which object an event goes into, filled in; the others stay.
  String group(String tenant, String type, Instant received) {
    Map<String, String> values =
        Map.of(
            "tenant", tenant,
            "type", safe(type),
            "date", DATE.format(received),
            "year", format("yyyy").format(received),
            "month", format("MM").format(received),
            "day", format("dd").format(received),
            "hour", format("HH").format(received));
    return fill(text, values);
  }

  /// Whether events of different types go into different objects.
  boolean splitsByType() {
    return text.contains("{type}");
  }

  /// The whole name of an object.
  static String key(Chunk.Head head, String group, String extension) {
    Instant received = Event.ofMicros(head.receivedAtMicros());
    return fill(
        group,
        Map.of(
            "first", Long.toString(head.first()),
            "last", Long.toString(head.last()),
            "time", TIME.format(received),
            "ext", extension));
  }

  private static String fill(String text, Map<String, String> values) {
    return PART.matcher(text)
        .replaceAll(
            part -> Matcher.quoteReplacement(values.getOrDefault(part.group(1), part.group())));
  }

  /// A type comes from outside: what could be more than a name becomes `_`.
  private static String safe(String type) {
    String plain = type.replaceAll("[^A-Za-z0-9_-]", "_");
    return plain.length() > TYPE_CHARS_MAX ? plain.substring(0, TYPE_CHARS_MAX) : plain;
  }

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }
}

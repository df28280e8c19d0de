package io.pulsegate.server.logs;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One log record: a fixed phrase and its fields.
///
/// Parts of PulseGate log `"sink paused sink={0} reason={1}"`: what stands as `name={n}` is a
/// field, the rest is the phrase, so that lines can be searched by phrase and counted by field.
record LogLine(
    Instant time,
    System.Logger.Level level,
    String logger,
    String phrase,
    Map<String, @Nullable Object> fields,
    Optional<Throwable> thrown) {
  private static final Pattern FIELD =
      Pattern.compile("[,;:]?\\s*\\b([a-z][A-Za-z0-9_]*)=\\{(\\d+)\\}");
  private static final Pattern PLACE = Pattern.compile("\\{(\\d+)\\}");

  /// Takes a message and its parameters apart. Places without a parameter stay as they are.
  static LogLine of(
      Instant time,
      System.Logger.Level level,
      String logger,
      String format,
      @Nullable Object[] parameters,
      Optional<Throwable> thrown) {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    String phrase = format;
    if (parameters.length > 0) {
      phrase =
          FIELD
              .matcher(format)
              .replaceAll(match -> {
                int place = place(match.group(2));
                if (place >= parameters.length) {
                  return Matcher.quoteReplacement(match.group());
                }
                fields.put(match.group(1), parameters[place]);
                return "";
              });
      phrase =
          PLACE
              .matcher(phrase)
              .replaceAll(match -> {
                int place = place(match.group(1));
                return Matcher.quoteReplacement(
                    place < parameters.length ? String.valueOf(parameters[place]) : match.group());
              });
    }
    return new LogLine(time, level, logger, phrase.strip(), fields, thrown);
  }

  private static int place(String digits) {
    return digits.length() > 3 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }
}

package io.pulsegate.api;

import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonValue;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One setting of a component: declared once, read by the parser, the validator, the JSON schema,
/// the generated reference page and the admin form.
///
/// @param <T> type of the value
public final class Setting<T> {
  /// How a value is written.
  public enum Type {
    STRING,
    INTEGER,
    BOOLEAN,
    /// A number with a unit: `64MiB`, `10 MB`, `512k` (1024) or plain bytes.
    SIZE,
    /// A number with a unit: `250ms`, `10s`, `5m`, `1h30m`, `2d`, or ISO 8601.
    DURATION,
    URI,
    CHOICE,
    /// A list or a map, as YAML or JSON writes them.
    STRUCTURE
  }

  private static final Pattern SIZE_TEXT =
      Pattern.compile("(\\d+)\\s*(?:([kmgt])i?)?b?", Pattern.CASE_INSENSITIVE);
  private static final Pattern DURATION_PART =
      Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|ms|s|m|h|d)");

  private final String name;
  private final String summary;
  private final Type type;
  private final List<String> choices;
  private final boolean secret;
  private final boolean optional;
  private final Optional<String> defaultText;
  private final Function<String, T> parser;

  private Setting(
      String name,
      String summary,
      Type type,
      List<String> choices,
      boolean secret,
      boolean optional,
      Optional<String> defaultText,
      Function<String, T> parser) {
    this.name = name;
    this.summary = summary;
    this.type = type;
    this.choices = choices;
    this.secret = secret;
    this.optional = optional;
    this.defaultText = defaultText;
    this.parser = parser;
  }

  private static <T> Setting<T> of(
      String name, String summary, Type type, Function<String, T> parser) {
    return new Setting<>(name, summary, type, List.of(), false, false, Optional.empty(), parser);
  }

  /// Any text.
  public static Setting<String> string(String name, String summary) {
    return of(name, summary, Type.STRING, text -> text);
  }

  /// A whole number in `[min, max]`.
  public static Setting<Integer> integer(String name, int min, int max, String summary) {
    return of(
        name,
        summary,
        Type.INTEGER,
        text -> {
          try {
            int value = Integer.parseInt(text.strip());
            if (value >= min && value <= max) {
              return value;
            }
          } catch (NumberFormatException notANumber) {
            // Same answer as for a number out of range.
          }
          throw new IllegalArgumentException(
              "must be a whole number from %d to %d, was \"%s\"".formatted(min, max, text));
        });
  }

  /// `true` or `false`.
  public static Setting<Boolean> bool(String name, String summary) {
    return of(
        name,
        summary,
        Type.BOOLEAN,
        text ->
            switch (text.strip().toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default ->
                  throw new IllegalArgumentException("must be true or false, was \"" + text + "\"");
            });
  }

  /// A size in bytes.
  public static Setting<Long> size(String name, String summary) {
    return of(name, summary, Type.SIZE, Setting::parseSize);
  }

  /// A length of time.
  public static Setting<Duration> duration(String name, String summary) {
    return of(name, summary, Type.DURATION, Setting::parseDuration);
  }

  /// An address.
  public static Setting<URI> uri(String name, String summary) {
    return of(
        name,
        summary,
        Type.URI,
        text -> {
          try {
            return new URI(text);
          } catch (URISyntaxException e) {
            throw new IllegalArgumentException("must be a URI: " + e.getReason(), e);
          }
        });
  }

  /// A list or a map, whose shape the component checks itself.
  public static Setting<JsonValue> structure(String name, String summary) {
    return of(
        name,
        summary,
        Type.STRUCTURE,
        text -> {
          try {
            return JsonValue.parse(text);
          } catch (JsonException e) {
            throw new IllegalArgumentException("must be a list or a map: " + e.getMessage(), e);
          }
        });
  }

  /// One of an enum's constants, written in lower case.
  public static <E extends Enum<E>> Setting<E> choice(
      String name, Class<E> options, String summary) {
    List<String> names =
        List.of(options.getEnumConstants()).stream()
            .map(option -> option.name().toLowerCase(Locale.ROOT))
            .toList();
    return new Setting<>(
        name,
        summary,
        Type.CHOICE,
        names,
        false,
        false,
        Optional.empty(),
        text -> {
          int at = names.indexOf(text.strip().toLowerCase(Locale.ROOT));
          if (at < 0) {
            throw new IllegalArgumentException(
                "must be one of %s, was \"%s\"".formatted(String.join(", ", names), text));
          }
          return options.getEnumConstants()[at];
        });
  }

  /// The same setting with a default, in the form a person would write it.
  public Setting<T> orElse(String text) {
    T _ = parse(text);
    return new Setting<>(name, summary, type, choices, secret, optional, Optional.of(text), parser);
  }

  /// The same setting, read by [Settings#find], with no value where nothing is written.
  public Setting<T> asOptional() {
    return new Setting<>(name, summary, type, choices, secret, true, defaultText, parser);
  }

  /// The same setting as a secret: its value is never printed.
  public Setting<T> asSecret() {
    return new Setting<>(name, summary, type, choices, true, optional, defaultText, parser);
  }

  /// The key in the configuration, in snake_case.
  public String name() {
    return name;
  }

  /// What it does, in a sentence.
  public String summary() {
    return summary;
  }

  /// How its value is written.
  public Type type() {
    return type;
  }

  /// The values that may be chosen; empty for other types.
  public List<String> choices() {
    return choices;
  }

  /// Whether its value must not be printed.
  public boolean isSecret() {
    return secret;
  }

  /// Whether something must be written.
  public boolean isRequired() {
    return !optional && defaultText.isEmpty();
  }

  /// What holds where nothing is written, as text.
  public Optional<String> defaultText() {
    return defaultText;
  }

  /// Reads a value.
  ///
  /// @throws IllegalArgumentException saying what is allowed, without the value where it is secret
  public T parse(String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      if (secret) {
        throw new IllegalArgumentException("is not written as it must be");
      }
      throw e;
    }
  }

  /// Reads a size: `64MiB`, `64 mb` and `64m` are all 64 times 2^20 bytes.
  ///
  /// @throws IllegalArgumentException saying what is allowed
  public static long parseSize(String text) {
    Matcher matcher = SIZE_TEXT.matcher(text.strip());
    if (!matcher.matches() || matcher.group(1).length() > 18) {
      throw new IllegalArgumentException(
          "must be a size such as 64MiB, 512k or 1000000, was \"" + text + "\"");
    }
    long unit =
        switch (Optional.ofNullable(matcher.group(2)).orElse("").toLowerCase(Locale.ROOT)) {
          case "k" -> 1L << 10;
          case "m" -> 1L << 20;
          case "g" -> 1L << 30;
          case "t" -> 1L << 40;
          default -> 1;
        };
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
    } catch (ArithmeticException tooLarge) {
      throw new IllegalArgumentException("is larger than 2^63 bytes: \"" + text + "\"", tooLarge);
    }
  }

  /// Reads a length of time as Go writes them (`1h30m`, `250ms`), with `d` for days, or in ISO
  /// 8601.
  ///
  /// @throws IllegalArgumentException saying what is allowed
  public static Duration parseDuration(String text) {
    String stripped = text.strip();
    try {
      if (stripped.startsWith("P")) {
        return Duration.parse(stripped);
      }
      if (stripped.equals("0")) {
        return Duration.ZERO;
      }
      Matcher matcher = DURATION_PART.matcher(stripped);
      double nanos = 0;
      int end = 0;
      while (matcher.lookingAt()) {
        nanos += Double.parseDouble(matcher.group(1)) * nanosOf(matcher.group(2));
        end = matcher.end();
        matcher.region(end, stripped.length());
      }
      if (end > 0 && end == stripped.length() && nanos < Long.MAX_VALUE) {
        return Duration.ofNanos((long) nanos);
      }
    } catch (java.time.format.DateTimeParseException notIso) {
      // Same answer as below.
    }
    throw new IllegalArgumentException(
        "must be a duration such as 250ms, 10s, 5m or 1h30m, was \"" + text + "\"");
  }

  private static double nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      case "h" -> 3600e9;
      default -> 86_400e9;
    };
  }
}

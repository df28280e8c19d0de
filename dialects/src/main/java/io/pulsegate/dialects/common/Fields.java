package io.pulsegate.dialects.common;

import io.pulsegate.api.Code;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.Refusal;
import io.pulsegate.json.JsonFlags;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonNames;
import io.pulsegate.json.JsonScanner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The values of some fields of one object, found in one walk: as ranges, not as objects.
///
/// A field is named by its place in the list given at the start. `null` is as good as absent. Where
/// a name stands twice, the first value counts and [#doubled] says so. Reusable, by one thread at a
/// time.
public final class Fields {
  /// What cannot be text in UTF-8 that every destination takes.
  private static final int NO_TEXT = JsonFlags.HAS_NUL | JsonFlags.LONE_SURROGATE;

  private static final byte[] NOTHING = {};
  private static final int NONE = -1;

  private final JsonNames names;
  private final List<String> list;
  private final JsonKind[] kinds;
  private final int[] from;
  private final int[] to;
  private final byte[][] decoded;
  private byte[] body = NOTHING;
  private int seen;
  private int doubled;
  private int noText;
  private int valueFrom;
  private int valueTo;
  private int flags;

  /// @param list names of the fields, at most 31
  public Fields(List<String> list) {
    this.list = List.copyOf(list);
    this.names = JsonNames.of(list.toArray(String[]::new));
    this.kinds = new JsonKind[list.size()];
    this.from = new int[list.size()];
    this.to = new int[list.size()];
    this.decoded = new byte[list.size()][];
    Arrays.fill(kinds, JsonKind.NULL);
    Arrays.fill(decoded, NOTHING);
  }

  /// Walks through the object at the cursor, and passes it.
  ///
  /// @param bytes what the scanner reads
  public void read(JsonScanner scanner, byte[] bytes) {
    read(scanner, bytes, NONE, () -> {});
  }

  /// The same, but that an array in one of the fields is read where it is met, which saves walking
  /// through it twice.
  ///
  /// @param field whose array is read, the first of that name; what the scanner meets in it is not
  ///   among [#flags]
  /// @param reader reads the array at the cursor, to its end or not, or leaves it alone; the fields
  ///   that stand before it can be asked for
  public void read(JsonScanner scanner, byte[] bytes, int field, Runnable reader) {
    body = bytes;
    seen = 0;
    doubled = 0;
    noText = 0;
    flags = 0;
    Arrays.fill(kinds, JsonKind.NULL);
    scanner.clearFlags();
    scanner.enterObject();
    while (scanner.nextField()) {
      int found = scanner.fieldIn(names);
      if (found >= 0 && found == field && (seen & 1 << found) == 0 && isArray(scanner)) {
        readArray(scanner, found, reader);
      } else if (found >= 0) {
        take(scanner, found);
      }
    }
    flags |= scanner.flags();
    valueFrom = scanner.valueStart();
    valueTo = scanner.valueEnd();
  }

  private static boolean isArray(JsonScanner scanner) {
    return scanner.peek() == JsonKind.ARRAY;
  }

  private void readArray(JsonScanner scanner, int field, Runnable reader) {
    flags |= scanner.flags();
    int depth = scanner.depth();
    int start = scanner.cursor();
    reader.run();
    if (scanner.cursor() == start) {
      take(scanner, field);
      return;
    }
    scanner.leaveTo(depth);
    scanner.clearFlags();
    seen |= 1 << field;
    kinds[field] = JsonKind.ARRAY;
    from[field] = start;
    to[field] = scanner.valueEnd();
    decoded[field] = NOTHING;
  }

  private void take(JsonScanner scanner, int field) {
    // Flags of this value are told from those of all others.
    flags |= scanner.flags();
    scanner.clearFlags();
    JsonKind kind = scanner.skipValue();
    int bit = 1 << field;
    if ((seen & bit) != 0) {
      doubled |= bit;
      return;
    }
    seen |= bit;
    kinds[field] = kind;
    from[field] = scanner.valueStart();
    to[field] = scanner.valueEnd();
    decoded[field] = NOTHING;
    if (kind == JsonKind.STRING) {
      if ((scanner.flags() & NO_TEXT) != 0) {
        noText |= bit;
      } else if (scanner.hasEscapes()) {
        byte[] text = new byte[scanner.textEnd() - scanner.textStart()];
        decoded[field] = Arrays.copyOf(text, scanner.copyText(text, 0));
      }
    }
  }

  /// Index of the object's first byte.
  public int start() {
    return valueFrom;
  }

  /// Index behind the object's last byte.
  public int end() {
    return valueTo;
  }

  /// Which fields were met so far: bit `i` for field `i`.
  public int seen() {
    return seen;
  }

  /// What the scanner met in the object: bits of [JsonFlags].
  public int flags() {
    return flags;
  }

  /// Name of a field.
  public String name(int field) {
    return list.get(field);
  }

  /// Kind of a field's value; `NULL` where it is absent.
  public JsonKind kind(int field) {
    return kinds[field];
  }

  /// Whether there is a value that is not `null`.
  public boolean has(int field) {
    return kinds[field] != JsonKind.NULL;
  }

  /// Whether there is a string that can be text.
  public boolean hasText(int field) {
    return kinds[field] == JsonKind.STRING && (noText & 1 << field) == 0;
  }

  /// Index of the first byte of a field's value as it was sent.
  public int start(int field) {
    return from[field];
  }

  /// Index behind the last byte of a field's value as it was sent.
  public int end(int field) {
    return to[field];
  }

  /// The array that holds a string's text: the body, or one of its own where it had escapes.
  public byte[] text(int field) {
    return isEscaped(field) ? decoded[field] : body;
  }

  public int textFrom(int field) {
    return isEscaped(field) ? 0 : from[field] + 1;
  }

  public int textTo(int field) {
    return isEscaped(field) ? decoded[field].length : to[field] - 1;
  }

  private boolean isEscaped(int field) {
    return decoded[field].length > 0;
  }

  /// A string as an object; empty where there is none.
  public String string(int field) {
    return hasText(field)
        ? new String(
            text(field), textFrom(field), textTo(field) - textFrom(field), StandardCharsets.UTF_8)
        : "";
  }

  /// What is wrong with an event.
  public record Fault(Code code, String reason) {
    /// The same as the refusal of one event of a request.
    public Refusal at(int index) {
      return new Refusal(index, code, reason);
    }
  }

  /// Takes a text out of its array.
  @FunctionalInterface
  public interface TextTaker {
    void take(byte[] bytes, int from, int to);
  }

  /// The first field that stands twice.
  public Optional<Fault> doubled() {
    return doubled == 0
        ? Optional.empty()
        : Optional.of(
            new Fault(
                Code.DUPLICATE_FIELD,
                name(Integer.numberOfTrailingZeros(doubled)) + " stands twice in the event"));
  }

  /// A fault where the field is there and not of that kind, or a string that is no text.
  public Optional<Fault> wrongKind(int field, JsonKind kind) {
    if (!has(field) || (kinds[field] == kind && (noText & 1 << field) == 0)) {
      return Optional.empty();
    }
    String what =
        kinds[field] == kind
            ? " holds \\u0000 or half a surrogate pair"
            : " must be "
                + JsonFaults.described(kind)
                + ", not "
                + JsonFaults.described(kinds[field]);
    return Optional.of(new Fault(Code.INVALID_FIELD, name(field) + what));
  }

  /// Like [#wrongKind] for a string; a missing or empty one is a fault too.
  public Optional<Fault> missingText(int field) {
    return wrongKind(field, JsonKind.STRING)
        .or(() ->
            hasText(field) && textFrom(field) < textTo(field)
                ? Optional.empty()
                : Optional.of(new Fault(Code.INVALID_FIELD, name(field) + " is missing or empty")));
  }

  /// Hands the text of a field over, where it has one.
  public void giveText(int field, TextTaker taker) {
    if (hasText(field)) {
      taker.take(text(field), textFrom(field), textTo(field));
    }
  }

  /// Makes a field the event's time, where it is a text or a number.
  public void giveTime(int field, EventDraft draft) {
    if (kinds[field] == JsonKind.NUMBER) {
      draft.timeNumber(body, from[field], to[field]);
    } else {
      giveText(field, draft::timeText);
    }
  }
}

package io.pulsegate.json;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// Walks over one JSON document in a range of bytes, checks all of it (RFC 8259, UTF-8, limits) and
/// hands out byte ranges. It allocates nothing while it scans; numbers stay text.
///
/// ```java
/// static final JsonNames FIELDS = JsonNames.of("event_id", "payload");
///
/// scanner.reset(body, 0, length);
/// scanner.enterArray();
/// while (scanner.nextElement()) {
///   scanner.clearFlags();
///   scanner.enterObject();
///   while (scanner.nextField()) {
///     switch (scanner.fieldIn(FIELDS)) {
///       case 0 -> { if (scanner.skipValue() == JsonKind.STRING) id = scanner.text(); }
///       case 1 -> { if (scanner.skipValue() == JsonKind.OBJECT) keep(scanner.valueStart(), scanner.valueEnd()); }
///       default -> {} // a value that is not asked for is checked and skipped
///     }
///   }
///   event(scanner.valueStart(), scanner.valueEnd(), scanner.flags()); // the whole object
/// }
/// scanner.end();
/// ```
///
/// What was read is known to be valid only as far as the walk has come: a fault may follow, and
/// nothing behind a fault can be read. A document is accepted when [#end] returns. Every method
/// that moves may throw [JsonException]; after that only [#reset] and [#locate] make sense. Calls
/// that do not fit the place (such as [#nextField] in an array) are bugs of the caller:
/// [IllegalStateException].
///
/// Names may occur twice in an object, as RFC 8259 allows; the caller sees both.
///
/// Reusable, by one thread at a time. The bytes must not change during the walk.
public final class JsonScanner extends JsonTokens {

  /// Where the cursor stands.
  private enum Place {
    /// Before the first byte of a value.
    VALUE,
    /// Behind the opening bracket of a container.
    OPENED,
    /// Behind a value.
    AFTER_VALUE
  }

  private final int[] starts; // index of the opening bracket of each open container
  private int depth;
  private byte bracket; // that of the container entered last; 0 outside of all
  private Place place = Place.AFTER_VALUE;
  private int cursor;
  private int valueStart;
  private int valueEnd;
  private boolean valueEscaped;
  private int nameStart;
  private int nameEnd;
  private boolean nameEscaped;
  private byte[] decoded = {}; // the name last compared that has escapes, grown as needed

  public JsonScanner() {
    this(JsonLimits.DEFAULT);
  }

  public JsonScanner(JsonLimits limits) {
    super(limits);
    this.starts = new int[limits.depthMax()];
  }

  /// Begins a document: the bytes from index `from` up to, not including, `to`.
  ///
  /// @throws JsonException `NOT_UTF8` for a byte order mark, UTF-16 and UTF-32
  public void reset(byte[] bytes, int from, int to) {
    Objects.checkFromToIndex(from, to, bytes.length);
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.flags = 0;
    this.depth = 0;
    this.bracket = 0;
    this.valueStart = from;
    this.valueEnd = from;
    this.nameStart = from;
    this.nameEnd = from;
    refuseOtherEncodings();
    cursor = skipSpaces(from);
    place = Place.VALUE;
  }

  /// Byte order marks, and the NUL among the first two bytes that JSON in UTF-16 or UTF-32 without
  /// a mark always has (RFC 4627, section 3).
  private void refuseOtherEncodings() {
    int first = to > from ? bytes[from] & 0xff : ' ';
    int second = to - from > 1 ? bytes[from + 1] & 0xff : ' ';
    int both = first << 8 | second;
    if (both == 0xefbb || both == 0xfeff || both == 0xfffe) {
      throw fault(JsonFault.NOT_UTF8, from, "begins with a byte order mark; send plain UTF-8");
    }
    if (first == 0 || second == 0) {
      throw fault(JsonFault.NOT_UTF8, from, "looks like UTF-16 or UTF-32; send plain UTF-8");
    }
  }

  /// The kind of the value at the cursor, from its first byte; nothing is passed or checked.
  public JsonKind peek() {
    require(Place.VALUE, "no value at the cursor");
    return switch (at(cursor)) {
      case '"' -> JsonKind.STRING;
      case '{' -> JsonKind.OBJECT;
      case '[' -> JsonKind.ARRAY;
      case 't' -> JsonKind.TRUE;
      case 'f' -> JsonKind.FALSE;
      case 'n' -> JsonKind.NULL;
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> JsonKind.NUMBER;
      default -> throw unexpected(cursor, "a value");
    };
  }

  /// Steps into the object at the cursor; [#nextField] is next.
  public void enterObject() {
    enter('{');
  }

  /// Steps into the array at the cursor; [#nextElement] is next.
  public void enterArray() {
    enter('[');
  }

  private void enter(char bracket) {
    require(Place.VALUE, "no value at the cursor");
    if (at(cursor) != bracket) {
      peek(); // a byte that begins no value is the sender's fault, not the caller's
      throw new IllegalStateException("the value at the cursor does not begin with " + bracket);
    }
    push(cursor);
    this.bracket = (byte) bracket;
    cursor++;
    place = Place.OPENED;
  }

  private void push(int bracket) {
    if (depth == starts.length) {
      throw tooDeep(bracket);
    }
    starts[depth++] = bracket;
  }

  /// Moves to the next field of the object entered last and reads its name, so that its value is at
  /// the cursor. False at the object's end: it is left, and is the value passed last.
  ///
  /// A value that was not read is checked and skipped first.
  public boolean nextField() {
    int p = nextItem('{', '}');
    if (p < 0) {
      return false;
    }
    escaped = false;
    nameStart = nameOpening(p);
    nameEnd = nameEnd(nameStart);
    nameEscaped = escaped;
    cursor = colonEnd(nameEnd + 1);
    place = Place.VALUE;
    return true;
  }

  /// Moves to the next element of the array entered last, so that it is the value at the cursor.
  /// False at the array's end: it is left, and is the value passed last.
  ///
  /// A value that was not read is checked and skipped first.
  public boolean nextElement() {
    int p = nextItem('[', ']');
    if (p < 0) {
      return false;
    }
    cursor = p;
    place = Place.VALUE;
    return true;
  }

  /// Index of the next item of the container entered last, or -1 when it had no more and was left.
  private int nextItem(char opening, char closing) {
    if (bracket != opening) {
      throw new IllegalStateException("the container entered last does not begin with " + opening);
    }
    if (place == Place.VALUE) {
      skipValue();
    }
    int p = cursor;
    boolean first = place == Place.OPENED;
    if (!first && at(p) == ',') { // the most frequent case, before any look at white space
      return skipSpaces(p + 1);
    }
    p = skipSpaces(p);
    if (at(p) == closing) {
      pass(starts[--depth], p + 1);
      bracket = depth == 0 ? 0 : bytes[starts[depth - 1]];
      return -1;
    }
    return first ? p : commaEnd(p, closing);
  }

  /// Leaves containers, checking and skipping what is left of them, until [#depth] is as given.
  public void leaveTo(int depth) {
    Objects.checkIndex(depth, this.depth + 1);
    while (this.depth > depth) {
      if (bracket == '{') {
        while (nextField()) {}
      } else {
        while (nextElement()) {}
      }
    }
  }

  /// Checks the value at the cursor completely, passes it and says what it was.
  public JsonKind skipValue() {
    require(Place.VALUE, "no value at the cursor");
    int start = cursor;
    if (at(start) == '"') { // the most frequent kind, kept out of the switch
      escaped = false;
      pass(start, stringEnd(start + 1));
      valueEscaped = escaped;
      return JsonKind.STRING;
    }
    JsonKind kind = peek();
    boolean container = kind == JsonKind.OBJECT || kind == JsonKind.ARRAY;
    pass(start, container ? containerEnd(start) : scalarEnd(start, bytes[start]));
    return kind;
  }

  private void pass(int start, int end) {
    valueStart = start;
    valueEnd = end;
    cursor = end;
    place = Place.AFTER_VALUE;
  }

  /// Walks a whole container without recursion: a value, then what may follow a value, and again.
  private int containerEnd(int start) {
    int outside = depth;
    boolean object = false;
    int p = start;
    while (true) {
      byte c = at(p);
      if (c == '"') {
        p = stringEnd(p + 1);
      } else if (c == '{' || c == '[') {
        push(p);
        object = c == '{';
        p = skipSpaces(p + 1);
        if (at(p) != (object ? '}' : ']')) {
          p = object ? fieldValue(p) : p;
          continue;
        }
      } else {
        p = scalarEnd(p, c);
      }
      if (at(p) != ',') {
        p = skipSpaces(p);
        while (at(p) == (object ? '}' : ']')) {
          if (--depth == outside) {
            return p + 1;
          }
          object = bytes[starts[depth - 1]] == '{';
          p = skipSpaces(p + 1);
        }
      }
      p = commaEnd(p, object ? '}' : ']');
      p = object ? fieldValue(p) : p;
    }
  }

  /// Past a number or literal.
  private int scalarEnd(int p, byte first) {
    if (first == '-' || Numbers.isDigit(first)) {
      return numberEnd(p);
    }
    return switch (first) {
      case 't' -> trueEnd(p);
      case 'f' -> falseEnd(p);
      case 'n' -> nullEnd(p);
      default -> throw unexpected(p, "a value");
    };
  }

  /// From the opening quote of a name to the first byte of the field's value.
  private int fieldValue(int p) {
    return colonEnd(nameEnd(nameOpening(p)) + 1);
  }

  private int nameOpening(int p) {
    if (at(p) != '"') {
      throw unexpected(p, "a field name in double quotes");
    }
    return p + 1;
  }

  private int colonEnd(int start) {
    int p = at(start) == ':' ? start : skipSpaces(start);
    if (at(p) != ':') {
      throw unexpected(p, "':' after a field name");
    }
    return skipSpaces(p + 1);
  }

  private int commaEnd(int p, char closing) {
    if (at(p) != ',') {
      throw unexpected(p, "',' or '" + closing + "'");
    }
    return skipSpaces(p + 1);
  }

  /// Ends the document: only white space may follow the value. A value not read is skipped first.
  public void end() {
    if (depth > 0) {
      throw new IllegalStateException("end() inside " + depth + " objects or arrays");
    }
    if (place == Place.VALUE) {
      skipValue();
    }
    int p = skipSpaces(cursor);
    if (p < to) {
      throw fault(
          JsonFault.TRAILING_BYTES, p, "only one value may be sent, but behind it is " + found(p));
    }
    cursor = p;
  }

  /// Containers entered and not left.
  public int depth() {
    return depth;
  }

  /// Index of the next byte; that of a value's first byte after [#nextField] and [#nextElement].
  public int cursor() {
    return cursor;
  }

  /// Index of the first byte of the value passed last, be it skipped or walked through and left.
  public int valueStart() {
    return valueStart;
  }

  /// Index behind the last byte of the value passed last.
  public int valueEnd() {
    return valueEnd;
  }

  /// What was met since [#reset] or [#clearFlags] that some sinks refuse: bits of [JsonFlags].
  public int flags() {
    return flags;
  }

  public void clearFlags() {
    flags = 0;
  }

  /// Index in `names` of the name of the field that [#nextField] moved to, or -1. A name written
  /// with escapes is the name it stands for.
  public int fieldIn(JsonNames names) {
    if (!nameEscaped) {
      return names.indexOf(bytes, nameStart, nameEnd);
    }
    return decodedIn(names, nameStart, nameEnd);
  }

  /// The name of the field that [#nextField] moved to. Allocates; meant for the few cases and for
  /// errors.
  public String fieldName() {
    return decoded(nameStart, nameEnd, nameEscaped);
  }

  /// Index in `names` of the string passed last, or -1.
  public int textIn(JsonNames names) {
    if (!hasEscapes()) {
      return names.indexOf(bytes, textStart(), textEnd());
    }
    return decodedIn(names, textStart(), textEnd());
  }

  private int decodedIn(JsonNames names, int start, int end) {
    if (decoded.length < end - start) {
      decoded = new byte[Math.max(end - start, 64)];
    }
    return names.indexOf(decoded, 0, Escapes.decode(bytes, start, end, decoded, 0));
  }

  /// Index of the first byte between the quotes of the string passed last.
  public int textStart() {
    requireFirst('"', "string");
    return valueStart + 1;
  }

  /// Index of the closing quote of the string passed last.
  public int textEnd() {
    requireFirst('"', "string");
    return valueEnd - 1;
  }

  /// Whether the string passed last has escapes, so that its bytes are not yet its text.
  public boolean hasEscapes() {
    requireFirst('"', "string");
    return valueEscaped;
  }

  /// The string passed last, decoded. A lone surrogate becomes U+FFFD (see
  /// [JsonFlags#LONE_SURROGATE]).
  public String text() {
    return decoded(textStart(), textEnd(), valueEscaped);
  }

  /// Writes the string passed last, decoded to UTF-8, into `target` from index `at`; returns the
  /// index behind it. At most `textEnd() - textStart()` bytes are written.
  ///
  /// @throws IndexOutOfBoundsException if there is less room than the text as written takes
  public int copyText(byte[] target, int at) {
    int length = textEnd() - textStart();
    Objects.checkFromIndexSize(at, length, target.length);
    if (valueEscaped) {
      return Escapes.decode(bytes, textStart(), textEnd(), target, at);
    }
    System.arraycopy(bytes, textStart(), target, at, length);
    return at + length;
  }

  private String decoded(int start, int end, boolean escapes) {
    if (!escapes) {
      return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }
    byte[] target = new byte[end - start];
    int length = Escapes.decode(bytes, start, end, target, 0);
    return new String(target, 0, length, StandardCharsets.UTF_8);
  }

  /// The number passed last, if it is written as an integer (no point, no exponent) that fits a
  /// long, else `otherwise`.
  public long integerOr(long otherwise) {
    byte first = valueStart < valueEnd ? bytes[valueStart] : NOTHING;
    if (first != '-' && !Numbers.isDigit(first)) {
      throw new IllegalStateException("the value passed last is not a number");
    }
    return Numbers.integerOr(bytes, valueStart, valueEnd, otherwise);
  }

  /// Line and column of a byte of the document, such as [JsonException#offsetBytes]. Takes time
  /// proportional to the offset.
  public JsonLocation locate(int offsetBytes) {
    int end = from + Objects.checkIndex(offsetBytes, to - from + 1);
    int line = 1;
    int lineFrom = from;
    for (int p = from; p < end; p++) {
      if (bytes[p] == '\n') {
        line++;
        lineFrom = p + 1;
      }
    }
    return new JsonLocation(line, end - lineFrom + 1);
  }

  private void require(Place expected, String otherwise) {
    if (place != expected) {
      throw new IllegalStateException(otherwise);
    }
  }

  private void requireFirst(char first, String kind) {
    if (valueStart == valueEnd || bytes[valueStart] != first) {
      throw new IllegalStateException("the value passed last is not a " + kind);
    }
  }
}

package io.pulsegate.json;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes JSON into a buffer of its own, for replies and log lines. Commas are put in by itself;
/// that names and values alternate and brackets match is up to the caller.
///
/// ```java
/// writer.beginObject().field("accepted", 2).name("rejected").beginArray().endArray().endObject();
/// ```
///
/// Besides what JSON requires, everything is escaped that could end a line or steer a terminal:
/// DEL, the C1 controls, U+2028 and U+2029. A lone surrogate becomes U+FFFD. So the output is
/// always UTF-8 and always on one line.
///
/// Reusable after [#clear], by one thread at a time.
public final class JsonWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MIN_LONG = ascii("-9223372036854775808");
  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");
  private static final byte[] NULL = ascii("null");

  private final Output out;
  private boolean comma; // a value stands before the place

  public JsonWriter() {
    this(512);
  }

  /// @param capacityBytes the buffer's first size; it grows as needed
  public JsonWriter(int capacityBytes) {
    this.out = new Output(capacityBytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  public JsonWriter beginObject() {
    return begin('{');
  }

  public JsonWriter endObject() {
    return end('}');
  }

  public JsonWriter beginArray() {
    return begin('[');
  }

  public JsonWriter endArray() {
    return end(']');
  }

  private JsonWriter begin(char bracket) {
    separate();
    out.append(bracket);
    comma = false;
    return this;
  }

  private JsonWriter end(char bracket) {
    out.append(bracket);
    comma = true;
    return this;
  }

  /// The name of a field; its value is next.
  public JsonWriter name(String name) {
    separate();
    quote(name);
    out.append(':');
    comma = false;
    return this;
  }

  public JsonWriter value(String text) {
    separate();
    quote(text);
    comma = true;
    return this;
  }

  public JsonWriter value(long number) {
    separate();
    if (number == Long.MIN_VALUE) {
      return raw(MIN_LONG);
    }
    out.room(20);
    if (number < 0) {
      out.append('-');
    }
    digits(Math.abs(number));
    comma = true;
    return this;
  }

  private void digits(long number) {
    int count = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      count++;
    }
    long rest = number;
    for (int p = out.size + count - 1; p >= out.size; p--) {
      out.bytes[p] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    out.size += count;
  }

  /// A number, or `null` for what JSON has no number for: NaN and the infinities.
  public JsonWriter value(double number) {
    return Double.isFinite(number) ? raw(ascii(Double.toString(number))) : nullValue();
  }

  public JsonWriter value(boolean value) {
    return raw(value ? TRUE : FALSE);
  }

  public JsonWriter nullValue() {
    return raw(NULL);
  }

  /// A value that is JSON already. It is not checked.
  public JsonWriter raw(byte[] json) {
    return raw(json, 0, json.length);
  }

  /// A value that is JSON already: the bytes from index `from` up to, not including, `to`. It is
  /// not checked.
  public JsonWriter raw(byte[] json, int from, int to) {
    separate();
    out.append(json, from, to);
    comma = true;
    return this;
  }

  public JsonWriter field(String name, String text) {
    return name(name).value(text);
  }

  public JsonWriter field(String name, long number) {
    return name(name).value(number);
  }

  public JsonWriter field(String name, double number) {
    return name(name).value(number);
  }

  public JsonWriter field(String name, boolean value) {
    return name(name).value(value);
  }

  /// Ends a line; what follows is a document of its own (NDJSON, log lines).
  public JsonWriter newLine() {
    out.append('\n');
    comma = false;
    return this;
  }

  /// Bytes written since [#clear].
  public int sizeBytes() {
    return out.size;
  }

  /// A copy of what was written.
  public byte[] toByteArray() {
    return out.toByteArray();
  }

  public void writeTo(OutputStream stream) throws IOException {
    stream.write(out.bytes, 0, out.size);
  }

  /// Forgets what was written and keeps the buffer.
  public void clear() {
    out.size = 0;
    comma = false;
  }

  /// What was written, as text.
  @Override
  public String toString() {
    return new String(out.bytes, 0, out.size, StandardCharsets.UTF_8);
  }

  private void separate() {
    if (comma) {
      out.append(',');
      comma = false;
    }
  }

  private void quote(String text) {
    int length = text.length();
    out.append('"');
    out.room(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
        out.append(c);
      } else if (Character.isSurrogate(c)) {
        int codePoint = text.codePointAt(i);
        if (Character.isSupplementaryCodePoint(codePoint)) {
          encode(codePoint);
          i++;
        } else {
          encode(Escapes.REPLACEMENT);
        }
      } else {
        oddCharacter(c);
      }
    }
    out.append('"');
  }

  private void oddCharacter(char c) {
    switch (c) {
      case '"', '\\' -> escape(c);
      case '\b' -> escape('b');
      case '\f' -> escape('f');
      case '\n' -> escape('n');
      case '\r' -> escape('r');
      case '\t' -> escape('t');
      default -> {
        if (c < 0xa0 || c == '\u2028' || c == '\u2029') {
          escape('u');
          for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(HEX[c >> shift & 0xf]);
          }
        } else {
          encode(c);
        }
      }
    }
  }

  private void escape(char letter) {
    out.append('\\');
    out.append(letter);
  }

  private void encode(int codePoint) {
    out.room(4);
    out.size = Utf8.encode(codePoint, out.bytes, out.size);
  }
}

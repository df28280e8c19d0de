package io.pulsegate.json;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// Rewrites what is valid JSON and yet refused by PostgreSQL's `jsonb` and others. The rule:
///
/// - the escape `\u0000`, in strings and names, becomes `\ufffd`;
/// - the escape of half a surrogate pair without its other half, such as `\ud800`, becomes
///   `\ufffd`;
/// - a number outside PostgreSQL's `numeric` becomes a string with the number's text;
/// - everything else stays byte for byte, white space and order included.
///
/// U+FFFD is Unicode's replacement character. Two names that differ in what is replaced become
/// equal; `jsonb` then keeps the last one. Repairing twice is repairing once.
public final class JsonRepair {
  private static final byte[] REPLACEMENT = "\\ufffd".getBytes(StandardCharsets.US_ASCII);

  private final byte[] json;
  private final int to;
  private final Output out;
  private int copied; // all before this index is in `out`

  private JsonRepair(byte[] json, int from, int to) {
    this.json = json;
    this.to = to;
    this.out = new Output(to - from + 64);
    this.copied = from;
  }

  /// A repaired copy of the bytes from index `from` up to, not including, `to`.
  ///
  /// @param json one or more values that [JsonScanner] found valid; for others the result is
  ///   unspecified
  /// @param flags what the scanner found in them ([JsonScanner#flags]); 0 makes this a plain copy
  public static byte[] repair(byte[] json, int from, int to, int flags) {
    Objects.checkFromToIndex(from, to, json.length);
    var repair = new JsonRepair(json, from, to);
    if (flags != 0) {
      repair.walk(from);
    }
    repair.out.append(json, repair.copied, to);
    return repair.out.toByteArray();
  }

  private void walk(int from) {
    int p = from;
    while (p < to) {
      byte b = json[p];
      if (b == '"') {
        p = string(p + 1);
      } else if (b == '-' || Numbers.isDigit(b)) {
        p = number(p);
      } else {
        p++;
      }
    }
  }

  private int string(int start) {
    int p = start;
    while (p < to && json[p] != '"') {
      p = json[p] == '\\' ? escape(p) : p + 1;
    }
    return p + 1;
  }

  private int escape(int backslash) {
    if (to - backslash < 6 || json[backslash + 1] != 'u') {
      return backslash + 2;
    }
    int end = backslash + 6;
    int unit = Escapes.unit(json, backslash + 2);
    if (Escapes.isHighHalf(unit) && Escapes.isLowHalfAt(json, end, to)) {
      return end + 6;
    }
    if (unit == 0 || Escapes.isHighHalf(unit) || Escapes.isLowHalf(unit)) {
      out.append(json, copied, backslash);
      out.append(REPLACEMENT, 0, REPLACEMENT.length);
      copied = end;
    }
    return end;
  }

  private int number(int start) {
    int end = Numbers.extent(json, start, to);
    if (Numbers.exceedsNumeric(json, start, end)) {
      out.append(json, copied, start);
      out.append('"');
      out.append(json, start, end);
      out.append('"');
      copied = end;
    }
    return end;
  }
}

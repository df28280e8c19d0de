package io.pulsegate.json;

/// Bits for what is valid JSON and yet refused by some destinations, as [JsonScanner#flags] reports
/// it.
///
/// The values are stable: they may be stored.
public final class JsonFlags {

  /// A string or a name contains `\u0000`. PostgreSQL's `text` and `jsonb` refuse it.
  public static final int HAS_NUL = 1;

  /// A string or a name contains half a surrogate pair, such as `\ud800` alone. It has no UTF-8
  /// form.
  public static final int LONE_SURROGATE = 1 << 1;

  /// A number is outside PostgreSQL's `numeric`: more than 131072 digits before the decimal point,
  /// or more than 16383 after it, once the exponent is applied.
  public static final int BIG_NUMBER = 1 << 2;

  private JsonFlags() {}
}

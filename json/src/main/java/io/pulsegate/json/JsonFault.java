package io.pulsegate.json;

/// Why a document was refused. The names are stable codes; callers may send them to clients.
public enum JsonFault {
  /// The text breaks the JSON grammar.
  BAD_SYNTAX,
  /// A number breaks the JSON grammar: a leading zero, or a sign, point or exponent without digits.
  BAD_NUMBER,
  /// A backslash in a string is followed by something that JSON does not define.
  BAD_ESCAPE,
  /// A string contains bytes that are not UTF-8: overlong, surrogate, above U+10FFFF or cut off.
  BAD_UTF8,
  /// The document begins with a byte order mark or is UTF-16 or UTF-32.
  NOT_UTF8,
  /// A string contains a raw byte below 0x20, which JSON wants escaped.
  CONTROL_CHARACTER,
  /// The document ends too early, or is empty.
  UNEXPECTED_END,
  /// Something other than white space follows the value.
  TRAILING_BYTES,
  /// Objects and arrays are nested deeper than [JsonLimits#depthMax].
  TOO_DEEP,
  /// A field name is longer than [JsonLimits#nameBytesMax].
  NAME_TOO_LONG,
  /// A number is longer than [JsonLimits#numberBytesMax].
  NUMBER_TOO_LONG
}

package io.pulsegate.json;

/// A document was refused by [JsonScanner].
///
/// An exception and not a result, because a fault ends the walk over the whole document wherever in
/// it the caller stands. It carries no stack trace, so refusing malformed input stays cheap. The
/// message is made for the sender of the document; it quotes at most one byte of it.
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final JsonFault fault;
  private final int offsetBytes;

  JsonException(JsonFault fault, int offsetBytes, String message) {
    super(message, null, false, false);
    this.fault = fault;
    this.offsetBytes = offsetBytes;
  }

  /// What is wrong, as a stable code.
  public JsonFault fault() {
    return fault;
  }

  /// Where: bytes from the beginning of the document to the byte that cannot stand there.
  /// [JsonScanner#locate] turns it into line and column.
  public int offsetBytes() {
    return offsetBytes;
  }
}

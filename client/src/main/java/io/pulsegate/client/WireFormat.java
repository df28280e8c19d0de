package io.pulsegate.client;

import java.nio.charset.StandardCharsets;

/// A shape on the wire.
@SuppressWarnings("ImmutableEnumChecker") // nobody writes into the arrays
enum WireFormat {
  /// The native API: an object a line, the application's fields inside `payload`.
  NATIVE("/v1/events", "application/x-ndjson", "", '\n', ""),
  /// Kaasino's: `{"events":[…]}` for a site, the application's fields beside the envelope's.
  KAASINO("/collect", "application/json", "{\"events\":[", ',', "]}");

  private final String path;
  private final String contentType;
  private final byte[] opening;
  private final byte separator;
  private final byte[] closing;

  WireFormat(String path, String contentType, String opening, char separator, String closing) {
    this.path = path;
    this.contentType = contentType;
    this.opening = opening.getBytes(StandardCharsets.US_ASCII);
    this.separator = (byte) separator;
    this.closing = closing.getBytes(StandardCharsets.US_ASCII);
  }

  String path() {
    return path;
  }

  String contentType() {
    return contentType;
  }

  byte[] opening() {
    return opening;
  }

  /// Behind each event.
  byte separator() {
    return separator;
  }

  /// In the place of the last separator; nothing where that stays.
  byte[] closing() {
    return closing;
  }
}

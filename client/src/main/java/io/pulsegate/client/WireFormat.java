package io.pulsegate.client;

import java.nio.charset.StandardCharsets;

/// A shape on the wire.
@SuppressWarnings("ImmutableEnumChecker") // nobody writes into the arrays
enum WireFormat {
  /// The native API: an object a line, the application's fields inside `payload`.
  NATIVE(0, "/v1/events", "application/x-ndjson", "", '\n', ""),
  /// Kaasino's: `{"events":[…]}` for a site, the application's fields beside the envelope's.
  KAASINO(1, "/collect", "application/json", "{\"events\":[", ',', "]}");

  private final short spoolCode;
  private final String path;
  private final String contentType;
  private final byte[] opening;
  private final byte separator;
  private final byte[] closing;

  WireFormat(
      int spoolCode,
      String path,
      String contentType,
      String opening,
      char separator,
      String closing) {
    this.spoolCode = (short) spoolCode;
    this.path = path;
    this.contentType = contentType;
    this.opening = opening.getBytes(StandardCharsets.US_ASCII);
    this.separator = (byte) separator;
    this.closing = closing.getBytes(StandardCharsets.US_ASCII);
  }

  /// What stands for it in the files of a spool; never changed.
  short spoolCode() {
    return spoolCode;
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

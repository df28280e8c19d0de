package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/// The bytes of one event and the places where its id, type and time stand.
final class EventTemplate {
  static final int TYPE_LENGTH = 6;

  private final byte[] bytes;
  private final int idPosition;
  private final int typePosition;
  private final int timePosition;

  EventTemplate(byte[] bytes, WireFormat.Names names) {
    this.bytes = bytes;
    // One character per byte, so that places in the text are places in the bytes.
    var text = new String(bytes, ISO_8859_1);
    idPosition = after(text, names.id());
    typePosition = after(text, names.type());
    timePosition = after(text, names.time());
  }

  private static int after(String text, String name) {
    var mark = '"' + name + "\":\"";
    int at = text.indexOf(mark);
    if (at < 0) {
      throw new IllegalArgumentException("an event template needs " + mark);
    }
    return at + mark.length();
  }

  byte[] bytes() {
    return bytes;
  }

  int sizeBytes() {
    return bytes.length;
  }

  int idPosition() {
    return idPosition;
  }

  int typePosition() {
    return typePosition;
  }

  int timePosition() {
    return timePosition;
  }
}

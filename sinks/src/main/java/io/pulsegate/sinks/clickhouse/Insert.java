package io.pulsegate.sinks.clickhouse;

import io.pulsegate.sinks.local.CursorBook;

/// One insert: always the same bytes under the same token.
final class Insert {
  private final String token;
  private final byte[] body;
  private final CursorBook then;

  /// @param body rows, a JSON object a line; not copied
  /// @param then the cursors once it is stored
  Insert(String token, byte[] body, CursorBook then) {
    this.token = token;
    this.body = body;
    this.then = then;
  }

  /// By which the server knows it again.
  String token() {
    return token;
  }

  byte[] body() {
    return body;
  }

  CursorBook then() {
    return then;
  }
}

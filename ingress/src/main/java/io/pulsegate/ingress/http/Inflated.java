package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;

/// What came of inflating a body.
sealed interface Inflated {
  /// The body.
  record Whole(Bytes bytes) implements Inflated {}

  /// More came out than may; inflating stopped there.
  record TooLarge(String reason) implements Inflated {}

  /// The bytes are not what their encoding says.
  record Damaged(String reason) implements Inflated {}

  /// There is no memory for it.
  record NoRoom() implements Inflated {}
}

package io.pulsegate.transforms.schema;

import com.networknt.schema.Error;

/// What of a schema a payload breaks, without any value of the payload.
final class Breach {
  private static final int PLACE_CHARS_MAX = 100;

  private Breach() {}

  /// Such as `/user/age: type` or `/: required email`.
  static String text(Error error) {
    String place = String.valueOf(error.getInstanceLocation());
    String shown = place.isEmpty() ? "/" : place;
    String keyword = String.valueOf(error.getKeyword());
    String missing =
        keyword.equals("required") && error.getProperty() != null ? " " + error.getProperty() : "";
    return (shown.length() <= PLACE_CHARS_MAX ? shown : shown.substring(0, PLACE_CHARS_MAX))
        + ": "
        + keyword
        + missing;
  }
}

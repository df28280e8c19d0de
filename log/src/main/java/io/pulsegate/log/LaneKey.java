package io.pulsegate.log;

/// Checks lane keys.
final class LaneKey {
  private LaneKey() {}

  /// How many bytes the key has in UTF-8.
  ///
  /// @throws IllegalArgumentException when it is empty, too long, or has a lone surrogate, which
  ///   would become another lane's key on its way to the disk
  static int checkedBytes(String lane) {
    int bytes = 0;
    for (int i = 0; i < lane.length(); i++) {
      char c = lane.charAt(i);
      if (c < 0x80) {
        bytes += 1;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (i + 1 < lane.length() && Character.isSurrogatePair(c, lane.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        throw new IllegalArgumentException("lane has a lone surrogate at index " + i);
      }
    }
    if (bytes < 1 || bytes > Format.LANE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "lane must have 1 to %d bytes of UTF-8, has %d".formatted(Format.LANE_BYTES_MAX, bytes));
    }
    return bytes;
  }
}

package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntPredicate;

/// Where inflated bytes go: grows as they come, up to its limits.
final class InflateBuffer {
  private static final int FIRST_BYTES_MIN = 1_024;
  private static final int RATIO_FREE_BYTES = 4 << 20;

  /// How far inflating may go.
  ///
  /// @param bytesMax inflated bytes
  /// @param ratioMax inflated bytes per packed byte, above 4 MiB
  /// @param room asked before memory is taken, with the bytes that come on top
  record Bounds(int bytesMax, int ratioMax, IntPredicate room) {}

  private final Bounds bounds;
  private final int bytesMax;
  private final int packedBytes;
  private byte[] bytes = new byte[0];
  private int length;

  InflateBuffer(Bounds bounds, int packedBytes) {
    this.bounds = bounds;
    this.packedBytes = packedBytes;
    long byRatio = Math.max(RATIO_FREE_BYTES, (long) packedBytes * bounds.ratioMax());
    this.bytesMax = (int) Math.min(bounds.bytesMax(), byRatio);
  }

  /// Makes sure that there is room for at least one byte at [#length] of [#bytes]; otherwise says
  /// why inflating ends here.
  Optional<Inflated> makeRoom() {
    if (length < bytes.length) {
      return Optional.empty();
    }
    // One byte past the limit is let in, so that a body of exactly the limit can come to its end.
    if (length > bytesMax) {
      return Optional.of(tooLarge());
    }
    long wanted = Math.max(FIRST_BYTES_MIN, Math.max(4L * packedBytes, 2L * bytes.length));
    int capacity = (int) Math.min(wanted, bytesMax + 1L);
    if (!bounds.room().test(capacity - bytes.length)) {
      return Optional.of(new Inflated.NoRoom());
    }
    bytes = Arrays.copyOf(bytes, capacity);
    return Optional.empty();
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  int free() {
    return bytes.length - length;
  }

  void advance(int added) {
    length += added;
  }

  Inflated finish() {
    return length > bytesMax ? tooLarge() : new Inflated.Whole(new Bytes(bytes, 0, length));
  }

  private Inflated tooLarge() {
    return new Inflated.TooLarge(
        bytesMax == bounds.bytesMax()
            ? "the inflated body is larger than the limit of " + bytesMax + " bytes"
            : "the body inflates to more than 4 MiB and more than %d times its size as sent, %d bytes; send it in smaller parts, or less packed"
                .formatted(bounds.ratioMax(), packedBytes));
  }
}

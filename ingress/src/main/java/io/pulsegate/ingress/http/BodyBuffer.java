package io.pulsegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.pulsegate.api.Bytes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Arrays;

/// A body as it comes in. A body of one part is taken as it is, not copied.
final class BodyBuffer {
  private static final byte[] NONE = new byte[0];
  private static final int FIRST_BYTES = 65_536;

  private byte[] bytes = NONE;
  private int from;
  private int length;
  private boolean own;

  int length() {
    return length;
  }

  /// Adds a part, which is the buffer's from now on.
  ///
  /// @param expectedBytes how long the whole is going to be, or -1
  void add(Buffer part, long expectedBytes) {
    ByteBuf data = ((BufferInternal) part).getByteBuf();
    int added = data.readableBytes();
    if (length == 0 && data.hasArray()) {
      bytes = data.array();
      from = data.arrayOffset() + data.readerIndex();
      length = added;
      return;
    }
    makeRoom(added, expectedBytes);
    data.getBytes(data.readerIndex(), bytes, length, added);
    length += added;
  }

  private void makeRoom(int added, long expectedBytes) {
    int needed = length + added;
    if (own && needed <= bytes.length) {
      return;
    }
    int capacity = Math.max(needed, Math.max(FIRST_BYTES, 2 * length));
    if (expectedBytes >= needed) {
      capacity = (int) Math.min(capacity, expectedBytes);
    }
    bytes = own ? Arrays.copyOf(bytes, capacity) : copyOfShared(capacity);
    from = 0;
    own = true;
  }

  private byte[] copyOfShared(int capacity) {
    byte[] copy = new byte[capacity];
    System.arraycopy(bytes, from, copy, 0, length);
    return copy;
  }

  Bytes bytes() {
    return new Bytes(bytes, from, from + length);
  }
}

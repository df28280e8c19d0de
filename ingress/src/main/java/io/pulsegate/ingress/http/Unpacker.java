package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;

/// Inflates bodies, with what can be used again kept per thread.
final class Unpacker {
  private static final ThreadLocal<Gunzip> GUNZIP = ThreadLocal.withInitial(Gunzip::new);

  private Unpacker() {}

  static Inflated unpack(Encoding encoding, Bytes packed, InflateBuffer.Bounds bounds) {
    return switch (encoding) {
      case IDENTITY -> new Inflated.Whole(packed);
      case GZIP -> GUNZIP.get().inflate(packed, bounds);
      case ZSTD -> Unzstd.inflate(packed, bounds);
    };
  }
}

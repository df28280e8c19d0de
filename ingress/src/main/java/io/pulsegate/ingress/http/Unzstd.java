package io.pulsegate.ingress.http;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.pulsegate.api.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;

/// Inflates zstd (RFC 8878): any number of frames, windows of at most 8 MiB.
final class Unzstd {
  private static final int WINDOW_LOG_MAX = 23;

  private Unzstd() {}

  static Inflated inflate(Bytes packed, InflateBuffer.Bounds bounds) {
    InflateBuffer out = new InflateBuffer(bounds, packed.length());
    var source = new ByteArrayInputStream(packed.array(), packed.from(), packed.length());
    try (var zstd = new ZstdInputStreamNoFinalizer(source, RecyclingBufferPool.INSTANCE)) {
      zstd.setLongMax(WINDOW_LOG_MAX);
      for (int count = 0; count >= 0; ) {
        Optional<Inflated> full = out.makeRoom();
        if (full.isPresent()) {
          return full.get();
        }
        count = zstd.read(out.bytes(), out.length(), out.free());
        out.advance(Math.max(count, 0));
      }
      return packed.length() == 0
          ? new Inflated.Damaged("the zstd data is truncated")
          : out.finish();
    } catch (IOException damaged) {
      return new Inflated.Damaged("the zstd data is damaged, truncated or needs a larger window");
    }
  }
}

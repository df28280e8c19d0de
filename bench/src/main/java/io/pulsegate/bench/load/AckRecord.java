package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/// Appends the ids that were acknowledged to a file, one per line, ` poison` behind those of
/// poisonous events. What a client thread has handed over by [Writer#flush] is in the hands of the
/// operating system: no crash of a process loses it.
public final class AckRecord implements AutoCloseable {
  /// What stands behind the id of a poisonous event.
  public static final String POISON_MARK = " poison";

  private static final byte[] POISON_END = (POISON_MARK + "\n").getBytes(US_ASCII);

  private final FileChannel channel;

  /// Opens or continues the file.
  public AckRecord(Path file) throws IOException {
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  /// A thread's own end of it.
  Writer writer(Payload payload) {
    return new Writer(payload);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// Collects lines and hands them over. One thread each.
  final class Writer {
    private final Payload payload;
    private final byte[] id = new byte[EventIds.LENGTH];
    private ByteBuffer lines = ByteBuffer.allocate(1 << 16);

    private Writer(Payload payload) {
      this.payload = payload;
    }

    /// Notes the events of one request, except those whose index is in `rejected`.
    void add(long firstSequence, BitSet rejected) {
      for (int i = 0; i < payload.batch(); i++) {
        if (!rejected.get(i)) {
          add(firstSequence + i);
        }
      }
    }

    private void add(long sequence) {
      byte[] end = payload.isPoison(sequence) ? POISON_END : new byte[] {'\n'};
      if (lines.remaining() < id.length + end.length) {
        lines = ByteBuffer.allocate(2 * lines.capacity()).put(lines.flip());
      }
      EventIds.write(
          id, 0, EventIds.high(payload.seed(), sequence), EventIds.low(payload.seed(), sequence));
      lines.put(id).put(end);
    }

    /// Writes what was collected.
    void flush() throws IOException {
      if (lines.position() == 0) {
        return;
      }
      lines.flip();
      synchronized (channel) {
        while (lines.hasRemaining()) {
          channel.write(lines);
        }
      }
      lines.clear();
    }
  }
}

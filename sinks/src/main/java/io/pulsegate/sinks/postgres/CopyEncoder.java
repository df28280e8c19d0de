package io.pulsegate.sinks.postgres;

import io.pulsegate.api.Batch;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventBlock.OptionalField;
import io.pulsegate.api.EventCursor;
import io.pulsegate.sinks.sql.EventColumn;
import io.pulsegate.sinks.sql.Repair;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/// Writes the events of a batch as `COPY … FORMAT binary` takes them (PostgreSQL's documentation of
/// COPY, "Binary Format"), from the bytes of the blocks, in the order of [EventColumn]:
///
/// ```
/// "PGCOPY\n" 0xff "\r\n" 0x00   i32 flags 0   i32 extension 0
/// per row: i16 columns, per column: i32 length (-1 for NULL) and the bytes
///   timestamptz: i64 microseconds since 2000-01-01; jsonb: byte 1, then the text
/// i16 -1
/// ```
///
/// Keeps one buffer; one thread at a time.
final class CopyEncoder {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// 2000-01-01 in microseconds since 1970.
  private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;

  private static final short COLUMNS = (short) EventColumn.values().length;
  private static final byte JSONB_VERSION = 1;
  private static final int NULL_LENGTH = -1;

  /// One message of the protocol each; larger ones make the server wait for its first row.
  private static final int BUFFER_BYTES = 128 * 1024;

  /// More than all columns but the payloads: seven texts of 256 bytes at most, and the numbers.
  private static final int ROW_WITHOUT_PAYLOAD_BYTES_MAX = 4_096;

  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int end;
  private byte[] tenant = new byte[0];
  private byte[] source = new byte[0];
  private byte[] dialect = new byte[0];

  /// Sends the live events `[from, to)` of the batch, counted from zero, and the end mark.
  void encode(Batch batch, int from, int to, CopyIn out) throws SQLException {
    System.arraycopy(SIGNATURE, 0, buffer, 0, SIGNATURE.length);
    end = SIGNATURE.length;
    EventBlock block = null;
    EventCursor event = batch.cursorOverEvents();
    for (int i = 0; i < to && event.next(); i++) {
      if (i < from) {
        continue;
      }
      if (event.block() != block) {
        block = event.block();
        tenant = utf8(event.tenant().value());
        source = utf8(block.source().text());
        dialect = utf8(block.dialect());
      }
      row(event, out);
    }
    makeRoom(Short.BYTES, out);
    SHORT.set(buffer, end, (short) -1);
    end += Short.BYTES;
    flush(out);
  }

  private void row(EventCursor event, CopyIn out) throws SQLException {
    EventBlock block = event.block();
    int i = event.index();
    byte[] bytes = block.bytes();
    makeRoom(ROW_WITHOUT_PAYLOAD_BYTES_MAX, out);
    SHORT.set(buffer, end, COLUMNS);
    end += Short.BYTES;
    small(bytes, block.idFrom(i), block.idLength(i));
    small(tenant, 0, tenant.length);
    small(bytes, block.typeFrom(i), block.typeLength(i));
    time(block.occurredAtMicros(i));
    time(event.receivedAtMicros());
    payload(event, out);
    small(source, 0, source.length);
    small(dialect, 0, dialect.length);
    optional(block, i, OptionalField.TRACE_ID);
    optional(block, i, OptionalField.IDEMPOTENCY_KEY);
    optional(block, i, OptionalField.PARTITION_KEY);
    optional(block, i, OptionalField.ORIGINAL_TIME);
    number(event.offset());
  }

  /// The payload, and its bytes as they were sent where they had to be repaired.
  private void payload(EventCursor event, CopyIn out) throws SQLException {
    byte[] bytes = event.block().bytes();
    if (Repair.isNeeded(event)) {
      byte[] mended = Repair.mend(event);
      json(mended, 0, mended.length, out);
      length(event.payloadLength());
      large(bytes, event.payloadFrom(), event.payloadLength(), out);
    } else {
      json(bytes, event.payloadFrom(), event.payloadLength(), out);
      length(NULL_LENGTH);
    }
  }

  private void json(byte[] bytes, int from, int length, CopyIn out) throws SQLException {
    length(length + 1);
    buffer[end++] = JSONB_VERSION;
    large(bytes, from, length, out);
  }

  private void optional(EventBlock block, int i, OptionalField field) {
    int length = block.optionalLength(field, i);
    if (length == 0) {
      length(NULL_LENGTH);
    } else {
      small(block.bytes(), block.optionalFrom(field, i), length);
    }
  }

  private void time(long micros) {
    number(micros - POSTGRES_EPOCH_MICROS);
  }

  private void number(long value) {
    length(Long.BYTES);
    LONG.set(buffer, end, value);
    end += Long.BYTES;
  }

  private void length(int length) {
    INT.set(buffer, end, length);
    end += Integer.BYTES;
  }

  private void small(byte[] bytes, int from, int length) {
    length(length);
    System.arraycopy(bytes, from, buffer, end, length);
    end += length;
  }

  /// Bytes of any length; what does not fit into the buffer is sent from where it lies. Leaves room
  /// for the rest of the row.
  private void large(byte[] bytes, int from, int length, CopyIn out) throws SQLException {
    if (length + ROW_WITHOUT_PAYLOAD_BYTES_MAX > buffer.length - end) {
      flush(out);
    }
    if (length + ROW_WITHOUT_PAYLOAD_BYTES_MAX > buffer.length) {
      out.writeToCopy(bytes, from, length);
    } else {
      System.arraycopy(bytes, from, buffer, end, length);
      end += length;
    }
  }

  private void makeRoom(int bytes, CopyIn out) throws SQLException {
    if (end + bytes > buffer.length) {
      flush(out);
    }
  }

  private void flush(CopyIn out) throws SQLException {
    if (end > 0) {
      out.writeToCopy(buffer, 0, end);
      end = 0;
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

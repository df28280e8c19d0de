package io.pulsegate.sinks.postgres;

import io.pulsegate.api.Batch;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventBlock.OptionalField;
import io.pulsegate.api.EventCursor;
import io.pulsegate.sinks.sql.Cell;
import io.pulsegate.sinks.sql.Column;
import io.pulsegate.sinks.sql.Column.Origin;
import io.pulsegate.sinks.sql.EventColumn;
import io.pulsegate.sinks.sql.FieldReader;
import io.pulsegate.sinks.sql.Rejections;
import io.pulsegate.sinks.sql.Repair;
import io.pulsegate.sinks.sql.TableLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.copy.CopyIn;

/// Writes the events of a batch as `COPY … FORMAT binary` takes them (PostgreSQL's documentation of
/// COPY, "Binary Format"), from the bytes of the blocks, in the order of the [TableLayout]:
///
/// ```
/// "PGCOPY\n" 0xff "\r\n" 0x00   i32 flags 0   i32 extension 0
/// per row: i16 columns, per column: i32 length (-1 for NULL) and the bytes
///   timestamptz: i64 microseconds since 2000-01-01; jsonb: byte 1, then the text
///   numeric: see Numeric; uuid: 16 bytes; boolean: one byte
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

  private static final byte JSONB_VERSION = 1;
  private static final int NULL_LENGTH = -1;

  /// One message of the protocol each; larger ones make the server wait for its first row.
  private static final int BUFFER_BYTES = 128 * 1024;

  /// More than any value but JSON and texts of fields: a text of 256 bytes, a numeric of 1000
  /// digits.
  private static final int SMALL_BYTES_MAX = 1_024;

  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final List<Column> columns;
  private final FieldReader fields;
  private int end;
  private byte[] tenant = new byte[0];
  private byte[] source = new byte[0];
  private byte[] dialect = new byte[0];

  CopyEncoder(TableLayout layout) {
    this.columns = layout.columns();
    this.fields = new FieldReader(layout, SchemaSql.TYPES.decimals());
  }

  /// Sends the live events `[from, to)` of the batch, counted from zero, and the end mark.
  ///
  /// @return those that have a value which does not fit; from the first of them on nothing is sent
  Rejections encode(Batch batch, int from, int to, CopyIn out) throws SQLException {
    System.arraycopy(SIGNATURE, 0, buffer, 0, SIGNATURE.length);
    end = SIGNATURE.length;
    var misfits = new Rejections();
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
      if (fields.read(event, misfits) && misfits.isEmpty()) {
        row(event, out);
      }
    }
    makeRoom(Short.BYTES, out);
    SHORT.set(buffer, end, (short) -1);
    end += Short.BYTES;
    if (misfits.isEmpty()) {
      flush(out);
    }
    return misfits;
  }

  /// The events that have a value which does not fit; nothing is sent.
  Rejections check(Batch batch) {
    return fields.check(batch);
  }

  private void row(EventCursor event, CopyIn out) throws SQLException {
    makeRoom(Short.BYTES, out);
    SHORT.set(buffer, end, (short) columns.size());
    end += Short.BYTES;
    for (int i = 0; i < columns.size(); i++) {
      makeRoom(SMALL_BYTES_MAX, out);
      Column column = columns.get(i);
      switch (column.origin()) {
        case Origin.Envelope(EventColumn known) -> envelope(known, event, out);
        case Origin.Field _ -> field(column, out);
      }
    }
  }

  private void envelope(EventColumn column, EventCursor event, CopyIn out) throws SQLException {
    EventBlock block = event.block();
    int i = event.index();
    switch (column) {
      case EVENT_ID -> small(block.bytes(), block.idFrom(i), block.idLength(i));
      case TENANT_ID -> small(tenant, 0, tenant.length);
      case EVENT_TYPE -> small(block.bytes(), block.typeFrom(i), block.typeLength(i));
      case OCCURRED_AT -> time(block.occurredAtMicros(i));
      case RECEIVED_AT -> time(event.receivedAtMicros());
      case PAYLOAD -> payload(event, out);
      case PAYLOAD_RAW -> raw(event, out);
      case SOURCE -> small(source, 0, source.length);
      case DIALECT -> small(dialect, 0, dialect.length);
      case TRACE_ID -> optional(block, i, OptionalField.TRACE_ID);
      case IDEMPOTENCY_KEY -> optional(block, i, OptionalField.IDEMPOTENCY_KEY);
      case PARTITION_KEY -> optional(block, i, OptionalField.PARTITION_KEY);
      case ORIGINAL_TIME -> optional(block, i, OptionalField.ORIGINAL_TIME);
      case LOG_OFFSET -> number(event.offset());
    }
  }

  private void field(Column column, CopyIn out) throws SQLException {
    Cell cell = fields.cell(column);
    if (cell.isNull()) {
      length(NULL_LENGTH);
      return;
    }
    switch (column.kind()) {
      case TEXT, BYTES -> {
        length(cell.length());
        large(cell.bytes(), cell.from(), cell.length(), out);
      }
      case JSON -> json(cell.bytes(), cell.from(), cell.length(), out);
      case TIME -> time(cell.number());
      case LONG -> number(cell.number());
      case INTEGER -> {
        length(Integer.BYTES);
        INT.set(buffer, end, (int) cell.number());
        end += Integer.BYTES;
      }
      case DOUBLE -> number(Double.doubleToLongBits(cell.real()));
      case NUMERIC -> {
        byte[] numeric = Numeric.encode(cell.decimal());
        small(numeric, 0, numeric.length);
      }
      case BOOLEAN -> {
        length(1);
        buffer[end++] = (byte) cell.number();
      }
      case UUID -> {
        length(2 * Long.BYTES);
        LONG.set(buffer, end, cell.number());
        LONG.set(buffer, end + Long.BYTES, cell.low());
        end += 2 * Long.BYTES;
      }
    }
  }

  private void payload(EventCursor event, CopyIn out) throws SQLException {
    if (Repair.isNeeded(event)) {
      byte[] mended = Repair.mend(event);
      json(mended, 0, mended.length, out);
    } else {
      json(event.block().bytes(), event.payloadFrom(), event.payloadLength(), out);
    }
  }

  /// The payload's bytes as they were sent, where they had to be repaired.
  private void raw(EventCursor event, CopyIn out) throws SQLException {
    if (Repair.isNeeded(event)) {
      length(event.payloadLength());
      large(event.block().bytes(), event.payloadFrom(), event.payloadLength(), out);
    } else {
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

  /// Bytes of any length; what does not fit into the buffer is sent from where it lies.
  private void large(byte[] bytes, int from, int length, CopyIn out) throws SQLException {
    if (length > buffer.length - end) {
      flush(out);
    }
    if (length > buffer.length) {
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

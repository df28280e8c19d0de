package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// Makes the bytes of one connection's requests, head and body in one buffer. The buffer stays as
/// it is until the next call, so that a retry sends the very same bytes.
final class RequestEncoder implements AutoCloseable {
  /// RFC 1952: magic, deflate, no flags, no time, fastest, unknown system.
  private static final byte[] GZIP_HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 255};

  private static final int GZIP_TAIL_BYTES = 8;
  private static final String KEY_HEADER = "X-API-Key: ";

  private final WireFormat wire;
  private final RequestBody body;
  private final byte[] head;
  private final Deflater deflater;
  private final byte[] packed;
  private final ByteBuffer request;
  private final int bodyPosition;
  private final Target target;
  private final int batch;
  private final int tenantPosition;

  RequestEncoder(Target target, Payload payload, RandomGenerator random) {
    this.target = target;
    this.batch = payload.batch();
    wire = payload.wire();
    body = new RequestBody(payload, random);
    String text = head(target, payload);
    head = text.getBytes(US_ASCII);
    tenantPosition =
        text.indexOf(KEY_HEADER) + KEY_HEADER.length() + target.key().length() - Target.DIGITS;
    int sizeBytes = body.bytes().length;
    if (payload.gzip()) {
      deflater = new Deflater(Deflater.BEST_SPEED, true);
      // Deflate grows what it cannot compress by 5 bytes per 16 KiB at most.
      packed = new byte[GZIP_HEAD.length + sizeBytes + sizeBytes / 1000 + 64 + GZIP_TAIL_BYTES];
      request = ByteBuffer.allocate(head.length + 16 + packed.length);
      bodyPosition = 0;
    } else {
      deflater = new Deflater(Deflater.NO_COMPRESSION, true);
      packed = new byte[0];
      request = ByteBuffer.allocate(head.length + 16 + sizeBytes);
      begin(sizeBytes);
      bodyPosition = request.position();
    }
  }

  private static String head(Target target, Payload payload) {
    return "POST "
        + target.path()
        + " HTTP/1.1\r\nHost: "
        + target.host()
        + ":"
        + target.port()
        + "\r\n"
        + payload.wire().headers(target)
        + "Content-Type: application/json\r\n"
        + (payload.gzip() ? "Content-Encoding: gzip\r\n" : "")
        + "Content-Length: ";
  }

  /// The request that carries events `firstSequence` and following.
  ByteBuffer encode(long firstSequence, byte[] time) {
    body.patch(firstSequence, time);
    if (target.tenants() > 1) {
      patchTenant(firstSequence / batch % target.tenants());
    }
    if (packed.length > 0) {
      int sizeBytes = pack();
      begin(sizeBytes);
      request.put(packed, 0, sizeBytes);
    } else {
      request.limit(bodyPosition + body.bytes().length);
      request.put(bodyPosition, body.bytes());
      request.position(request.limit());
    }
    return request.flip();
  }

  private void patchTenant(long number) {
    long rest = number;
    for (int i = Target.DIGITS - 1; i >= 0; i--) {
      byte digit = (byte) ('0' + rest % 10);
      head[tenantPosition + i] = digit;
      if (packed.length == 0) {
        request.put(tenantPosition + i, digit);
      }
      rest /= 10;
    }
  }

  /// In which words replies are read.
  WireFormat wire() {
    return wire;
  }

  /// The last request once more.
  ByteBuffer again() {
    return request.rewind();
  }

  private void begin(int bodySizeBytes) {
    request.clear().put(head);
    request.put((bodySizeBytes + "\r\n\r\n").getBytes(US_ASCII));
  }

  private int pack() {
    System.arraycopy(GZIP_HEAD, 0, packed, 0, GZIP_HEAD.length);
    deflater.reset();
    deflater.setInput(body.bytes());
    deflater.finish();
    int at = GZIP_HEAD.length;
    while (!deflater.finished()) {
      at += deflater.deflate(packed, at, packed.length - at);
    }
    var crc = new CRC32();
    crc.update(body.bytes());
    ByteBuffer.wrap(packed, at, GZIP_TAIL_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) crc.getValue())
        .putInt(body.bytes().length);
    return at + GZIP_TAIL_BYTES;
  }

  @Override
  public void close() {
    deflater.end();
  }
}

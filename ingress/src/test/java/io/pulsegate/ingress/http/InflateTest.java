package io.pulsegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.pulsegate.api.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InflateTest {
  private static final InflateBuffer.Bounds BOUNDS =
      new InflateBuffer.Bounds(32 << 20, 200, bytes -> true);

  private static InflateBuffer.Bounds upTo(int bytesMax) {
    return new InflateBuffer.Bounds(bytesMax, 200, bytes -> true);
  }

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return packed.toByteArray();
  }

  private static byte[] text(int length) {
    byte[] text = new byte[length];
    Random random = new Random(length);
    for (int i = 0; i < length; i++) {
      text[i] = (byte) ('a' + random.nextInt(4));
    }
    return text;
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static Inflated gunzip(byte[] packed) {
    return unpack(Encoding.GZIP, packed, BOUNDS);
  }

  private static Inflated unpack(Encoding encoding, byte[] packed, InflateBuffer.Bounds bounds) {
    byte[] padded = joined(new byte[3], packed, new byte[5]);
    return Unpacker.unpack(encoding, new Bytes(padded, 3, 3 + packed.length), bounds);
  }

  private static void isWhole(Inflated inflated, byte[] plain) {
    assertThat(inflated).isInstanceOf(Inflated.Whole.class);
    Bytes bytes = ((Inflated.Whole) inflated).bytes();
    assertThat(Arrays.copyOfRange(bytes.array(), bytes.from(), bytes.to())).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_023, 1_024, 1_025, 100_000, 5_000_000})
  void inflatesEverySize(int length) {
    byte[] plain = text(length);
    isWhole(gunzip(gzip(plain)), plain);
    isWhole(unpack(Encoding.ZSTD, Zstd.compress(plain), BOUNDS), plain);
  }

  @Test
  void inflatesAllMembersAndFrames() {
    byte[] plain = joined(text(1_000), text(2_000));
    isWhole(gunzip(joined(gzip(text(1_000)), gzip(new byte[0]), gzip(text(2_000)))), plain);
    isWhole(
        unpack(
            Encoding.ZSTD, joined(Zstd.compress(text(1_000)), Zstd.compress(text(2_000))), BOUNDS),
        plain);
  }

  @Test
  void noticesEveryTruncation() {
    byte[] gzip = gzip(text(500));
    byte[] zstd = Zstd.compress(text(500));
    for (int length = 0; length < gzip.length; length++) {
      assertThat(gunzip(Arrays.copyOf(gzip, length)))
          .as("%d bytes", length)
          .isInstanceOf(Inflated.Damaged.class);
    }
    for (int length = 0; length < zstd.length; length++) {
      assertThat(unpack(Encoding.ZSTD, Arrays.copyOf(zstd, length), BOUNDS))
          .as("%d bytes", length)
          .isInstanceOf(Inflated.Damaged.class);
    }
  }

  @Test
  void neverTakesFlippedBitsForOtherData() {
    byte[] plain = text(500);
    byte[] gzip = gzip(plain);
    int damaged = 0;
    for (int bit = 10 * 8; bit < gzip.length * 8; bit++) {
      byte[] flipped = gzip.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      switch (gunzip(flipped)) {
        case Inflated.Damaged _ -> damaged++;
        // The last byte of deflate data may end in bits that nobody reads.
        case Inflated inflated -> isWhole(inflated, plain);
      }
    }
    assertThat(damaged).isGreaterThan((gzip.length - 11) * 8);
  }

  @Test
  void refusesWhatStandsBehindTheLastMember() {
    assertThat(gunzip(joined(gzip(text(9)), new byte[] {0}))).isInstanceOf(Inflated.Damaged.class);
    assertThat(gunzip(joined(gzip(text(9)), text(40)))).isInstanceOf(Inflated.Damaged.class);
    assertThat(unpack(Encoding.ZSTD, joined(Zstd.compress(text(9)), text(40)), BOUNDS))
        .isInstanceOf(Inflated.Damaged.class);
  }

  @Test
  void stepsOverEveryOptionalPartOfAHeader() {
    byte[] plain = text(100);
    byte[] gzip = gzip(plain);
    byte[] head = Arrays.copyOf(gzip, 10);
    head[3] = 2 | 4 | 8 | 16;
    byte[] withParts =
        joined(head, new byte[] {3, 0, 'a', 'b', 'c'}, new byte[] {'n', 0}, new byte[] {'c', 0});
    CRC32 crc = new CRC32();
    crc.update(withParts);
    byte[] headerCrc = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
    byte[] data = Arrays.copyOfRange(gzip, 10, gzip.length);
    isWhole(gunzip(joined(withParts, headerCrc, data)), plain);
    headerCrc[0]++;
    assertThat(gunzip(joined(withParts, headerCrc, data))).isInstanceOf(Inflated.Damaged.class);
    for (int length = 10; length < withParts.length + 2; length++) {
      byte[] cut = Arrays.copyOf(joined(withParts, headerCrc), length);
      assertThat(gunzip(cut)).as("%d bytes", length).isInstanceOf(Inflated.Damaged.class);
    }
  }

  @Test
  void refusesReservedFlagsAndOtherMethods() {
    byte[] flags = gzip(text(9));
    flags[3] = (byte) 0x20;
    assertThat(gunzip(flags)).isInstanceOf(Inflated.Damaged.class);
    byte[] method = gzip(text(9));
    method[2] = 7;
    assertThat(gunzip(method)).isInstanceOf(Inflated.Damaged.class);
    assertThat(gunzip(text(100))).isInstanceOf(Inflated.Damaged.class);
  }

  @Test
  void takesExactlyTheLimitAndNotAByteMore() {
    byte[] plain = text(70_000);
    isWhole(unpack(Encoding.GZIP, gzip(plain), upTo(70_000)), plain);
    isWhole(unpack(Encoding.ZSTD, Zstd.compress(plain), upTo(70_000)), plain);
    assertThat(unpack(Encoding.GZIP, gzip(plain), upTo(69_999)))
        .isInstanceOf(Inflated.TooLarge.class);
    assertThat(unpack(Encoding.ZSTD, Zstd.compress(plain), upTo(69_999)))
        .isInstanceOf(Inflated.TooLarge.class);
  }

  @Test
  void countsAllMembersAgainstTheLimit() {
    byte[] member = gzip(text(1_000));
    assertThat(unpack(Encoding.GZIP, joined(member, member, member), upTo(2_500)))
        .isInstanceOf(Inflated.TooLarge.class);
  }

  @Test
  void stopsABombAtItsRatio() {
    int[] taken = {0};
    var bounds =
        new InflateBuffer.Bounds(
            256 << 20,
            200,
            bytes -> {
              taken[0] += bytes;
              return true;
            });
    byte[] bomb = gzip(new byte[64 << 20]);
    assertThat(unpack(Encoding.GZIP, bomb, bounds))
        .isInstanceOfSatisfying(
            Inflated.TooLarge.class, large -> assertThat(large.reason()).contains("200 times"));
    assertThat(taken[0]).isLessThan(200 * bomb.length + (1 << 20));
    taken[0] = 0;
    assertThat(unpack(Encoding.ZSTD, Zstd.compress(new byte[64 << 20]), bounds))
        .isInstanceOf(Inflated.TooLarge.class);
    assertThat(taken[0]).isLessThan(5 << 20);
  }

  @Test
  void stopsWhereThereIsNoRoom() {
    var bounds = new InflateBuffer.Bounds(1 << 20, 200, bytes -> false);
    assertThat(unpack(Encoding.GZIP, gzip(text(10_000)), bounds))
        .isInstanceOf(Inflated.NoRoom.class);
  }

  @Test
  void refusesAZstdWindowThatIsTooLarge() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (var zstd = new ZstdOutputStreamNoFinalizer(packed)) {
      zstd.setLong(27);
      zstd.write(text(100_000));
    }
    assertThat(unpack(Encoding.ZSTD, packed.toByteArray(), BOUNDS))
        .isInstanceOf(Inflated.Damaged.class);
  }
}

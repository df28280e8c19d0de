package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CursorFileTest {
  private SimulatedDisk disk = new SimulatedDisk();

  @Test
  void remembersTheLastRecord() {
    assertThat(load()).isEmpty();
    try (var cursor = new CursorFile(disk, "c")) {
      for (int i = 0; i < 10; i++) {
        save(cursor, "record " + "x".repeat(i * 1000) + i);
        assertThat(load()).hasValue("record " + "x".repeat(i * 1000) + i);
      }
      save(cursor, "");
    }
    assertThat(load()).hasValue("");
  }

  @Test
  void holdsTheLargestRecordAndRefusesALargerOne() {
    try (var cursor = new CursorFile(disk, "c")) {
      byte[] large = new byte[CursorFile.RECORD_BYTES_MAX];
      new SplittableRandom(1).nextBytes(large);
      cursor.save(large);
      cursor.save(large);
      cursor.save(large);
      assertThat(new CursorFile(disk, "c").load().orElseThrow()).isEqualTo(large);
      assertThatThrownBy(() -> cursor.save(new byte[CursorFile.RECORD_BYTES_MAX + 1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void afterAPowerCutAtAnyCallItHasTheOldRecordOrTheNew() {
    for (int seed = 0; seed < 40; seed++) {
      for (int n = 1; n <= 24; n++) {
        disk = new SimulatedDisk();
        disk.powerOff(n);
        int saved = -1;
        int tried = -1;
        try (var cursor = new CursorFile(disk, "c")) {
          for (int i = 0; i < 8; i++) {
            tried = i;
            save(cursor, i + "y".repeat(3000 - 300 * i));
            saved = i;
          }
        } catch (LogException e) {
          assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
        }
        disk.crash(new SplittableRandom(seed));
        int found = load().map(text -> text.charAt(0) - '0').orElse(-1);
        assertThat(found).as("seed %d call %d", seed, n).isBetween(saved, tried);
        disk.crash(new SplittableRandom(seed + 1000));
        assertThat(load().map(text -> text.charAt(0) - '0').orElse(-1))
            .as("what load returned is durable")
            .isEqualTo(found);
      }
    }
  }

  @Test
  void takesNoMoreSavesAfterAFailedSync() {
    try (var cursor = new CursorFile(disk, "c")) {
      save(cursor, "one");
      disk.failForce(1);
      assertThatThrownBy(() -> save(cursor, "two")).isInstanceOf(LogException.class);
      long forces = disk.forces();
      assertThatThrownBy(() -> save(cursor, "three"))
          .isInstanceOf(LogException.class)
          .hasMessageContaining("open it again");
      assertThat(disk.forces()).isEqualTo(forces);
    }
    // After the failed sync the page cache shows "two" and the disk may not have it.
    String seen = load().orElseThrow();
    disk.crash(new SplittableRandom(3));
    assertThat(load()).hasValue(seen);
  }

  @Test
  void aFlippedBitFallsBackToTheRecordBefore() {
    byte[] whole = saved("one", "two", "three");
    for (int position = 0; position < 40; position++) {
      for (int slot = 0; slot < 2; slot++) {
        disk.put("c", whole);
        disk.flip("c", slot * (1L << 20) + position % 37, position % 8);
        assertThat(load().orElseThrow()).isIn("two", "three");
      }
    }
  }

  @Test
  void twoDamagedSlotsAreCorruptAndNotEmpty() {
    saved("one", "two");
    disk.flip("c", 33, 1);
    disk.flip("c", (1 << 20) + 33, 1);
    assertThatThrownBy(this::load)
        .isInstanceOfSatisfying(
            LogException.class, e -> assertThat(e.code()).isEqualTo(LogException.Code.CORRUPT));
  }

  @Test
  void tellsNewerFormatsApart() {
    byte[] whole = saved("one");
    Preamble.write(
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN), 0, Preamble.Kind.RECORD, 2);
    disk.put("c", whole);
    assertThatThrownBy(this::load)
        .isInstanceOfSatisfying(
            LogException.class,
            e -> assertThat(e.code()).isEqualTo(LogException.Code.FORMAT_TOO_NEW));
  }

  private byte[] saved(String... records) {
    try (var cursor = new CursorFile(disk, "c")) {
      for (String record : records) {
        save(cursor, record);
      }
    }
    return disk.bytes("c");
  }

  private static void save(CursorFile cursor, String text) {
    cursor.save(text.getBytes(StandardCharsets.UTF_8));
  }

  private Optional<String> load() {
    try (var cursor = new CursorFile(disk, "c")) {
      return cursor.load().map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
  }
}

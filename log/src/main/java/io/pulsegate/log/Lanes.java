package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// All lanes the log has ever had, with their running totals. Changed by the committer only.
///
/// They are never forgotten, so that lag stays a subtraction: about 60 bytes each in every segment.
final class Lanes {
  private final Map<String, Lane> byName = new ConcurrentHashMap<>();
  private final List<Lane> touched = new ArrayList<>();

  Lane lane(String name) {
    Lane lane = byName.get(name);
    if (lane == null) {
      lane = new Lane(name);
      byName.put(name, lane);
    }
    return lane;
  }

  Totals durable(String name) {
    Lane lane = byName.get(name);
    return lane == null ? Totals.ZERO : lane.durable();
  }

  /// Durable totals of all lanes.
  Map<String, Totals> totals() {
    var totals = new HashMap<String, Totals>();
    byName.forEach((name, lane) -> totals.put(name, lane.durable()));
    return totals;
  }

  void set(Map<String, Totals> totals) {
    totals.forEach((name, value) -> lane(name).set(value));
  }

  void touch(Lane lane, int granule) {
    lane.granules.set(granule);
    if (!lane.touched) {
      lane.touched = true;
      touched.add(lane);
    }
  }

  /// Makes the totals of the lanes in the commit visible: it is synced.
  void publishTouched() {
    for (Lane lane : touched) {
      lane.touched = false;
      lane.publish();
    }
    touched.clear();
  }

  void clearGranules() {
    byName.values().forEach(lane -> lane.granules.clear());
  }

  /// In one order for lane table and granules.
  List<Lane> all() {
    return List.copyOf(byName.values());
  }

  static byte[] table(List<Lane> lanes) {
    int bytes = 4;
    for (Lane lane : lanes) {
      bytes += 2 + lane.utf8.length + 16;
    }
    ByteBuffer to = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(lanes.size());
    for (Lane lane : lanes) {
      to.putShort((short) lane.utf8.length)
          .put(lane.utf8)
          .putLong(lane.entries)
          .putLong(lane.bytes);
    }
    return to.array();
  }

  static Map<String, Totals> readTable(ByteBuffer from) {
    int count = from.getInt();
    var totals = new HashMap<String, Totals>();
    for (int i = 0; i < count; i++) {
      totals.put(readName(from), new Totals(from.getLong(), from.getLong()));
    }
    return totals;
  }

  /// Where the lane stands in the table, if it is there.
  static Optional<Integer> indexInTable(ByteBuffer from, String name) {
    int count = from.getInt();
    for (int i = 0; i < count; i++) {
      if (readName(from).equals(name)) {
        return Optional.of(i);
      }
      from.position(from.position() + 16);
    }
    return Optional.empty();
  }

  private static String readName(ByteBuffer from) {
    byte[] utf8 = new byte[Short.toUnsignedInt(from.getShort())];
    from.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}

package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// The layout on disk, version 1. Every number is little-endian; positions are bytes from the start
/// of the file; "page" is 4 KiB.
///
/// ```text
/// folder      log.id                      record file (CursorFile): log id, generation, next
///                                         offset; released below, only if it is not 0
///             log.lock                    held while the log is open
///             <offset>-<generation>.seg   a segment: first offset, 20 digits; generation, 10 digits
///             <offset>-<generation>-<n>.parked
///                                         what stragglers need of a segment that is gone; n counts
///                                         how often it was thinned out, 4 digits
///             <number>.free               was a segment, or is all zeros; ready to become one; 10
///                                         digits
///             *.new                       being created or left by a crash; deleted at open
///
/// segment     page 0    header
///             page 1    the same header again, so that no single bad page costs a segment
///             page 2    lane table: totals of every lane before the first frame, padded to a page
///             ...       commit blocks, each on a page boundary, up to `data end`
///             ...       what a crash or a former life of the file left behind data end: never
///                       read
///             ...       footer sections (index, lane table, granules), from a page boundary on
///             last page trailer: copy of the header, then the summary and where the sections are
///             A segment without a valid trailer is open, or its trailer was damaged.
///
/// header      magic u64, kind u16, version u16, crc u32 of these     (fixed for all versions)
///             crc u32, lane table bytes u32, lane table crc u32, parked u32 (n of its name; 0:
///             whole), log id, segment id, generation, first offset, first sequence, floor of received time (microseconds),
///             totals of all lanes before (entries, bytes), previous segment: id, data end,
///             end offset; size of the file u64, if it was written before (0: it grows)
///
/// block       magic u32, crc u32, version u8, -u8, -u16, frames u32, bytes u32 (header included,
///             padding to the page not), -u32, generation u64, first offset u64,
///             durable end: position u64, offset u64; reserved u64; then the frames
///
/// frame       magic u32, header crc u32, version u8, codec u8 (0), lane bytes u16, body bytes u32,
///             count u32, live entries u32, generation u64, sequence u64, first offset u64,
///             received microseconds u64, lane totals before (entries, bytes), log totals before
///             (entries, bytes), live bytes u64, key id u32 (0: none), body crc u32,
///             lane, zeros to 8 bytes, body, zeros to 8 bytes
///
/// lane table  count u32, then for each lane: length u16, UTF-8, entries u64, bytes u64
/// index       for each granule: position of its first block, first offset, received microseconds
/// granules    for each lane of the lane table: words u32, then a bit set of the granules in which
///             the lane has frames
/// ```
///
/// Limits: a commit block 4 MiB; a body 3 MiB; a lane 160 bytes; a frame 65,535 entries; a position
/// within a segment 2^47; offsets placed and not yet synced, over all commits in flight, 2^20.
///
/// Invariants that recovery stands on:
/// - Header, lane table and folder entry are synced before the first block is written.
/// - Checksums are CRC32C over segment id and generation first, so that a block of another life of
///   the same file never passes. All frames of a segment have the segment's generation.
/// - A block's `durable end` was synced before the block was written, so damage below the greatest
///   durable end of any valid block is corruption. Above it, it is a torn tail and nothing there
///   was ever acknowledged, except that damage to the very last block looks the same.
/// - A segment's file is written over only when no name of that segment can come back, nobody reads
///   it, and the last page, where a trailer was, is zero before the new segment has its name.
/// - Nothing is ever appended to a segment that recovery found open.
/// - Frames are at multiples of 8 bytes, so that the frames behind a damaged one can be found
///   again.
/// - `log.id` holds a mark that was synced before any offset up to it was given out. A clean end
///   sets it to the next offset; after any other the log goes on at the mark (and at least 2^20
///   above what it finds), so that offsets of a torn tail or of a missing segment are not reused.
/// - A segment is self-contained: totals at any of its offsets are its lane table plus its frames;
///   of a parked one, whose frames have gaps, totals of a lane are those in its next frame.
/// - What is parked of a segment has its name durably before the segment goes. `released below` in
///   `log.id` is durable before that: below it, only frames that stragglers needed are still there.
final class Format {
  static final int PAGE = 4096;
  static final int COMMIT_BYTES_LIMIT = 4 << 20;
  static final int BODY_BYTES_LIMIT = 3 << 20;
  static final int LANE_BYTES_MAX = 160;
  static final int COUNT_MAX = 65_535;

  /// Entries one commit may place; with up to four commits in flight this stays within the limit.
  static final int COMMIT_ENTRIES_MAX = 1 << 18;

  static final long UNSYNCED_OFFSETS_MAX = 1 << 20;

  static final int BLOCK_HEADER_BYTES = 64;
  static final int FRAME_HEADER_BYTES = 104;
  static final byte VERSION = 1;

  private static final int SEGMENT_NAME_CHARS = 31;

  private Format() {}

  static ByteBuffer pages(int bytes) {
    return ByteBuffer.allocateDirect(bytes + PAGE)
        .alignedSlice(PAGE)
        .slice(0, bytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  static long pageUp(long bytes) {
    return (bytes + PAGE - 1) & -PAGE;
  }

  static long pageDown(long bytes) {
    return bytes & -PAGE;
  }

  static int align8(int bytes) {
    return (bytes + 7) & -8;
  }

  static int frameBytes(int laneBytes, int bodyBytes) {
    return FRAME_HEADER_BYTES + align8(laneBytes) + align8(bodyBytes);
  }

  static void putId(ByteBuffer to, int index, UUID id) {
    to.putLong(index, id.getMostSignificantBits());
    to.putLong(index + 8, id.getLeastSignificantBits());
  }

  static UUID id(ByteBuffer from, int index) {
    return new UUID(from.getLong(index), from.getLong(index + 8));
  }

  static String segmentName(long firstOffset, long generation) {
    return "%020d-%010d.seg".formatted(firstOffset, generation);
  }

  /// @param parked how often it was thinned out, 1 to 9,999
  static String parkedName(long firstOffset, long generation, int parked) {
    return "%020d-%010d-%04d.parked".formatted(firstOffset, generation, parked);
  }

  static boolean isSegmentName(String name) {
    return name.matches("\\d{20}-\\d{10}(\\.seg|-\\d{4}\\.parked)");
  }

  /// The segments among these names, in order. Of a segment and what is parked of it, the one that
  /// holds more counts: a crash came between the copy and the end of its original.
  static List<String> segmentNames(Collection<String> names) {
    Map<String, String> fullest = new TreeMap<>();
    names.stream()
        .filter(Format::isSegmentName)
        // The original first, then the copies by number.
        .sorted(
            Comparator.comparing((String name) -> name.endsWith(".parked"))
                .thenComparing(Comparator.naturalOrder()))
        .forEach(name -> fullest.putIfAbsent(name.substring(0, SEGMENT_NAME_CHARS), name));
    return List.copyOf(fullest.values());
  }
}

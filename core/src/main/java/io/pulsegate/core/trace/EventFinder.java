package io.pulsegate.core.trace;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.IngestionLog.BlockReader;
import io.pulsegate.core.IngestionLog.LogBlock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Finds events by their ids. Any thread.
public final class EventFinder {
  private static final int PARTITION = 0;
  private static final int POLL_BYTES = 1 << 20;

  private final IngestionLog log;
  private final IdFilters filters;

  public EventFinder(IngestionLog log, IdFilters filters) {
    this.log = log;
    this.filters = filters;
  }

  /// An event in the log.
  ///
  /// @param index its entry in the block
  public record Found(LogBlock block, int index) {
    public long offset() {
      return block.firstOffset() + index;
    }
  }

  /// What was found in a part of the log.
  ///
  /// @param next offset to go on from
  /// @param done whether everything there is was searched
  public record Part(List<Found> found, long next, boolean done) {}

  /// Searches from an offset on, the oldest first. **Every event that is returned was compared with
  /// what stands in the log.**
  ///
  /// @param tenant whose; empty for all
  /// @param limit after so many it ends
  /// @param nanosMax after so long it ends, with `next` further on
  public Part find(String id, Optional<TenantId> tenant, long from, int limit, long nanosMax) {
    long deadline = System.nanoTime() + nanosMax;
    IdFilter.Key key = IdFilter.Key.of(id);
    byte[] wanted = id.getBytes(StandardCharsets.UTF_8);
    var found = new ArrayList<Found>();
    long end = log.end(PARTITION);
    long at = Math.max(from, log.oldest(PARTITION));
    while (at < end && found.size() < limit) {
      Optional<IdFilter> filter = filters.at(at);
      if (filter.isPresent() && !filters.mayHold(filter.get(), key)) {
        at = filter.get().until();
      } else {
        long until = filter.map(IdFilter::until).orElse(filters.nextAbove(at));
        at = scan(wanted, tenant, at, Math.min(until, end), limit, deadline, found);
      }
      if (System.nanoTime() - deadline > 0) {
        break;
      }
    }
    return new Part(found, Math.min(at, end), at >= end);
  }

  /// @return where it ended
  private long scan(
      byte[] wanted,
      Optional<TenantId> tenant,
      long from,
      long until,
      int limit,
      long deadline,
      List<Found> found) {
    try (BlockReader reader = log.open(PARTITION, from, until, Optional.empty())) {
      while (reader.offset() < until && System.nanoTime() - deadline < 0) {
        List<LogBlock> blocks = reader.poll(POLL_BYTES);
        for (LogBlock block : blocks) {
          if (tenant.isEmpty() || tenant.get().equals(block.lane().tenant())) {
            search(block, wanted, from, until, found);
          }
          if (found.size() >= limit) {
            return Math.max(from, Math.min(block.endOffset(), until));
          }
        }
        if (blocks.isEmpty()) {
          return until;
        }
      }
      return Math.max(from, Math.min(reader.offset(), until));
    }
  }

  private static void search(
      LogBlock block, byte[] wanted, long from, long until, List<Found> found) {
    EventBlock events = block.block();
    for (int i = 0; i < events.count(); i++) {
      long offset = block.firstOffset() + i;
      int id = events.idFrom(i);
      if (offset >= from
          && offset < until
          && events.isLive(i)
          && Arrays.equals(events.bytes(), id, id + events.idLength(i), wanted, 0, wanted.length)) {
        found.add(new Found(block, i));
      }
    }
  }
}

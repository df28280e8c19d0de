package io.pulsegate.client;

import java.util.Map;

/// What became of every event, since the client was built.
///
/// Nothing goes missing: `tracked + recovered = delivered + refused + dropped() + queued`, exactly
/// once no call of [PulseClient#track] is under way.
///
/// @param tracked calls of `track`, whatever came of them
/// @param recovered events found in the spool at the start
/// @param delivered events that the server has acknowledged, duplicates included
/// @param duplicates how many of those it had already
/// @param refused events that the server refused for good
/// @param dropped events let go of, by reason
/// @param queued events that wait, or are on their way
/// @param queuedBytes their bytes
/// @param requests requests sent
/// @param retries how many of them repeated earlier ones
/// @param sentBytes bytes of the bodies of all requests, as sent
/// @param spoolDamagedBytes bytes of the spool that could not be read at the start, after a loss of
///   power; how many events they held is not known
public record PulseStats(
    long tracked,
    long recovered,
    long delivered,
    long duplicates,
    long refused,
    Map<DropReason, Long> dropped,
    long queued,
    long queuedBytes,
    long requests,
    long retries,
    long sentBytes,
    long spoolDamagedBytes) {
  public PulseStats {
    dropped = Map.copyOf(dropped);
  }

  /// Events let go of, for whatever reason.
  public long droppedTotal() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Events let go of for one reason.
  public long dropped(DropReason reason) {
    return dropped.getOrDefault(reason, 0L);
  }
}

package io.pulsegate.bench.verify;

import java.util.List;

/// What a verification found.
///
/// @param acknowledged ids in the record, each counted once
/// @param poison those of them that belong to poisonous events
/// @param delivered acknowledged ids found exactly once where they belong
/// @param missing acknowledged ids found nowhere, or only in the wrong place
/// @param doubled ids, acknowledged or not, found more than once, in one place or in both
/// @param extra ids that were found and not acknowledged: their outcome was unknown to the sender
/// @param foreign entries in the stores whose id is not one of a generator's
public record Findings(
    long acknowledged,
    long poison,
    long delivered,
    Examples missing,
    Examples doubled,
    Examples extra,
    long foreign) {
  /// How many there are, and the first few.
  public record Examples(long count, List<String> ids) {
    public Examples {
      ids = List.copyOf(ids);
    }
  }

  /// Whether there was nothing to look for.
  public boolean isEmpty() {
    return acknowledged == 0;
  }

  /// Whether every acknowledged id is there exactly once, and no id twice; not where there is none.
  public boolean isClean() {
    return !isEmpty() && missing.count() == 0 && doubled.count() == 0;
  }
}

package io.pulsegate.ingress.http;

import io.pulsegate.api.Durability;
import io.pulsegate.api.Outcome;
import io.pulsegate.ingress.http.RequestWriters.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// One outcome of a request whose events went to several tenants. Any thread.
///
/// Where one of them was denied, so is the request: the client sends it again, and what was taken
/// the first time is recognised by its ids.
final class SharedOutcome {
  private final List<Share> shares;
  private final List<Optional<Outcome>> outcomes;
  private final Consumer<Outcome> done;
  private int open;

  SharedOutcome(List<Share> shares, Consumer<Outcome> done) {
    this.shares = shares;
    this.done = done;
    this.open = shares.size();
    this.outcomes = new ArrayList<>();
    shares.forEach(share -> outcomes.add(Optional.empty()));
  }

  /// The outcome of one share; the last one makes the whole.
  void settle(int share, Outcome outcome) {
    synchronized (this) {
      outcomes.set(share, Optional.of(outcome));
      if (--open > 0) {
        return;
      }
    }
    done.accept(whole());
  }

  private synchronized Outcome whole() {
    Durability level = Durability.DISK;
    int accepted = 0;
    long firstOffset = -1;
    List<Integer> duplicates = new ArrayList<>();
    List<Integer> conflicts = new ArrayList<>();
    for (int i = 0; i < shares.size(); i++) {
      switch (outcomes.get(i).orElseThrow()) {
        case Outcome.Denied denied -> {
          return denied;
        }
        case Outcome.Accepted part -> {
          List<Integer> places = shares.get(i).places();
          accepted += part.accepted();
          part.duplicates().forEach(place -> duplicates.add(places.get(place)));
          part.conflicts().forEach(place -> conflicts.add(places.get(place)));
          level = part.level() == Durability.MEMORY ? Durability.MEMORY : level;
          firstOffset = firstOffset < 0 ? part.firstOffset() : firstOffset;
        }
      }
    }
    duplicates.sort(null);
    conflicts.sort(null);
    return new Outcome.Accepted(level, accepted, duplicates, conflicts, 0, firstOffset);
  }
}

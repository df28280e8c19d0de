package io.pulsegate.server.where;

import io.pulsegate.api.Event;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.core.SinkStatus.State;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.core.trace.EventFinder;
import io.pulsegate.core.trace.EventFinder.Found;
import io.pulsegate.server.state.Letters;
import io.pulsegate.server.state.Letters.Ended;
import io.pulsegate.server.state.Letters.Filter;
import io.pulsegate.server.state.Letters.Kept;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Where an event is, by its id: its places in the log, and what each sink has made of each. Any
/// thread.
///
/// What is at a sink is told by cursors and dead letters; which of the delivered events transforms
/// have dropped is kept nowhere, so that it is found out by the present transforms, and says so.
public final class Whereabouts implements AutoCloseable {
  private static final int PARTITION = 0;
  private static final int FOUND_MAX = 100;
  private static final int LETTERS_MAX = 1_000;
  private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

  private final IngestionLog log;
  private final EventFinder finder;
  private final Supplier<List<SinkStatus>> sinks;
  private final Letters letters;
  private final TenantRegistry tenants;
  private final PresentVerdicts verdicts;

  /// @param rules with transforms of their own
  public Whereabouts(
      IngestionLog log,
      EventFinder finder,
      Supplier<List<SinkStatus>> sinks,
      Letters letters,
      TenantRegistry tenants,
      LaneRules rules) {
    this.log = log;
    this.finder = finder;
    this.sinks = sinks;
    this.letters = letters;
    this.tenants = tenants;
    this.verdicts = new PresentVerdicts(rules);
  }

  /// An event at one sink.
  ///
  /// @param offset in the log; -1 where it is not there
  /// @param sink empty where it was refused at the door
  /// @param state one of `delivered`, `waiting`, `dead_letter`, `redriven`, `discarded`, `dropped`,
  ///   `refused`, `unknown`
  /// @param letter its dead letter
  /// @param detail for a person
  public record Place(
      long offset,
      Instant receivedAt,
      TenantId tenant,
      String eventType,
      String sink,
      String state,
      OptionalLong letter,
      String detail) {}

  /// What was found in a part of the log.
  ///
  /// @param next offset to go on from; empty where all was searched
  public record Part(List<Place> places, OptionalLong next) {
    public Part {
      places = List.copyOf(places);
    }
  }

  /// All letters of the event that was asked for.
  private record Known(List<Kept> kept, List<Ended> ended) {}

  /// Searches for a few seconds at most.
  ///
  /// @param tenant whose events alone; empty for all
  /// @param from offset to begin at
  /// @throws io.pulsegate.server.state.StateException where the dead letters cannot be read
  public Part find(String eventId, Optional<TenantId> tenant, long from)
      throws InterruptedException {
    EventFinder.Part part = finder.find(eventId, tenant, from, FOUND_MAX, NANOS_MAX);
    // Asked after the log: what was settled meanwhile has its letter already.
    List<SinkStatus> now = sinks.get();
    var kept = new ArrayList<>(letters.findAfter(Filter.ofEvent(eventId, false), 0, LETTERS_MAX));
    kept.addAll(letters.findAfter(Filter.ofEvent(eventId, true), 0, LETTERS_MAX));
    var known = new Known(kept, letters.ended(eventId));
    var places = new ArrayList<Place>();
    if (from <= log.oldest(PARTITION)) {
      lettersAlone(known, tenant, places);
    }
    for (Found found : part.found()) {
      for (SinkStatus sink : now) {
        if (found.block().block().target().map(sink.name()::equals).orElse(true)) {
          places.add(place(found, sink, known));
        }
      }
    }
    return new Part(places, part.done() ? OptionalLong.empty() : OptionalLong.of(part.next()));
  }

  /// The letters whose event the log does not have.
  private void lettersAlone(Known known, Optional<TenantId> tenant, List<Place> places) {
    for (Kept each : known.kept()) {
      DeadLetter letter = each.letter();
      boolean wanted = tenant.map(letter.lane().tenant()::equals).orElse(true);
      if (wanted && !isInLog(letter.logId(), letter.sink(), letter.offset())) {
        places.add(
            new Place(
                -1,
                letter.event().receivedAt(),
                letter.lane().tenant(),
                letter.event().eventType(),
                letter.sink(),
                letter.sink().isEmpty()
                    ? "refused"
                    : each.redriven().isPresent() ? "redriven" : "dead_letter",
                OptionalLong.of(each.id()),
                letter.code() + ": " + letter.reason()));
      }
    }
  }

  private boolean isInLog(String logId, String sink, long offset) {
    return !sink.isEmpty() && logId.equals(log.id()) && offset >= log.oldest(PARTITION);
  }

  private Place place(Found found, SinkStatus sink, Known known) throws InterruptedException {
    for (Kept each : known.kept()) {
      DeadLetter letter = each.letter();
      if (isAbout(letter.logId(), letter.offset(), letter.sink(), letter.run(), found, sink)) {
        String part = letter.child() == 0 ? "" : "part " + letter.child() + " of it, ";
        return place(
            found,
            sink,
            each.redriven().isPresent() ? "redriven" : "dead_letter",
            OptionalLong.of(each.id()),
            each.redriven()
                .map(at -> "at " + at)
                .orElse(part + letter.code() + ": " + letter.reason()));
      }
    }
    for (Ended each : known.ended()) {
      if (isAbout(each.logId(), each.offset(), each.sink(), each.run(), found, sink)) {
        return each.redriven().isPresent()
            ? place(found, sink, "redriven", OptionalLong.empty(), "at " + each.redriven().get())
            : place(
                found,
                sink,
                "discarded",
                OptionalLong.empty(),
                "the dead letter " + each.id() + ", " + each.code() + ", at " + each.at());
      }
    }
    return byCursor(found, sink);
  }

  private boolean isAbout(
      String logId, long offset, String letterOf, long run, Found found, SinkStatus sink) {
    return run == 0
        && logId.equals(log.id())
        && offset == found.offset()
        && letterOf.equals(sink.name());
  }

  private Place byCursor(Found found, SinkStatus sink) throws InterruptedException {
    if (sink.head() < 0) {
      return place(
          found,
          sink,
          "unknown",
          OptionalLong.empty(),
          "the sink's cursor has not been read yet: " + sink.reason());
    }
    String lane = found.block().lane().toString();
    for (SinkStatus.Straggler each : sink.stragglers()) {
      if (each.lane().equals(lane) && each.from() <= found.offset()) {
        String why = each.reason().isEmpty() ? "its tenant is catching up" : each.reason();
        return place(found, sink, "waiting", OptionalLong.empty(), why);
      }
    }
    if (found.offset() >= sink.head()) {
      String why =
          sink.state() == State.RUNNING
              ? ""
              : sink.state().name().toLowerCase(Locale.ROOT) + ": " + sink.reason();
      return place(found, sink, "waiting", OptionalLong.empty(), why);
    }
    return settled(found, sink);
  }

  private Place settled(Found found, SinkStatus sink) throws InterruptedException {
    LaneKey lane = found.block().lane();
    if (tenants.current().byLane(lane).isEmpty()) {
      return place(
          found, sink, "unknown", OptionalLong.empty(), "settled; its tenant is there no more");
    }
    Optional<Verdict> verdict = verdicts.of(found.block(), found.index(), sink.name());
    if (verdict.isEmpty()) {
      return place(
          found,
          sink,
          "delivered",
          OptionalLong.empty(),
          "if no transform dropped it: those of now do not come back with it");
    }
    return switch (verdict.get()) {
      case Verdict.Keep _ -> place(found, sink, "delivered", OptionalLong.empty(), "");
      case Verdict.Split(var parts) ->
          place(
              found,
              sink,
              "delivered",
              OptionalLong.empty(),
              "in " + parts.size() + " parts, by the transforms of now");
      case Verdict.Drop(String reason) ->
          place(
              found, sink, "dropped", OptionalLong.empty(), reason + ", by the transforms of now");
      case Verdict.Fail(String code, String _, boolean _) ->
          place(
              found,
              sink,
              "delivered",
              OptionalLong.empty(),
              "the transforms of now would not let it pass: " + code);
    };
  }

  private static Place place(
      Found found, SinkStatus sink, String state, OptionalLong letter, String detail) {
    return new Place(
        found.offset(),
        Event.ofMicros(found.block().receivedAtMicros()),
        found.block().lane().tenant(),
        found.block().block().type(found.index()),
        sink.name(),
        state,
        letter,
        detail);
  }

  @Override
  public void close() {
    verdicts.close();
  }
}

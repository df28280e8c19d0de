package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.CursorRecord.Straggler;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.SinkStatus.State;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// Takes ownership of a sink's cursor, and sees whether it fits this log. Head thread only, but for
/// what is marked.
final class Ownership {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");

  private final String name;
  private final IngestionLog log;
  private final int partition;
  private final Place place;
  private final Readers readers;
  private final SinkCaller caller;
  private final SinkWriter writer;
  private final Availability availability;
  private final Retention retention;
  private final HeadMeters meters;
  private final Health health;
  private volatile boolean claimedBefore;

  Ownership(
      String name,
      IngestionLog log,
      int partition,
      Place place,
      Readers readers,
      SinkCaller caller,
      SinkWriter writer,
      Availability availability,
      Retention retention,
      HeadMeters meters,
      Health health) {
    this.name = name;
    this.log = log;
    this.partition = partition;
    this.place = place;
    this.readers = readers;
    this.caller = caller;
    this.writer = writer;
    this.availability = availability;
    this.retention = retention;
    this.meters = meters;
    this.health = health;
  }

  /// Whether the cursor has been ours since the start. Any thread.
  boolean isEstablished() {
    return claimedBefore;
  }

  /// Asks for the cursor; where that succeeds, the readers stand where it says.
  void claim() {
    retention.unknown(name);
    OptionalLong mine =
        claimedBefore ? OptionalLong.of(readers.record().fence()) : OptionalLong.empty();
    Optional<Callable<Claim>> atSink = place.atSink(mine);
    Claim claim =
        atSink.isPresent()
            ? caller.call(atSink.get(), () -> {}, Claim.Failed::new)
            : new Claim.Owned(place.claimHere());
    switch (claim) {
      case Claim.Failed(Unavailable unavailable) -> availability.unavailable(unavailable);
      case Claim.Fenced(String reason) -> availability.fenced(new WriteResult.Fenced(reason));
      case Claim.Owned(CursorRecord stored) -> claimed(stored);
    }
  }

  /// **A cursor beyond the log's end never means that the events were delivered**: it belongs to a
  /// later state of this folder than the one that is here.
  private void claimed(CursorRecord stored) {
    long headMax =
        claimedBefore ? log.end(partition) : place.headMax().orElse(log.endAtOpen(partition));
    if (stored.head() > headMax) {
      health.become(
          State.AHEAD_OF_LOG,
          "its cursor is at offset %d, but this log (id %s) had only %d when it was opened: the data folder is an older copy. Nothing is delivered, so that nothing is passed over. To go on, set head to %d in the row of this log in the sink's cursor table; or give the folder a new log id"
              .formatted(stored.head(), log.id(), headMax, headMax));
      LOGGER.log(Level.ERROR, "sink {0} is ahead of the log: {1}", name, health.reason());
      availability.waitForPerson();
      return;
    }
    place.confirmed();
    availability.claimed();
    claimedBefore = true;
    readers.adopt(stored);
    if (skipWhatIsGone()) {
      readers.beginChecks();
      retention.release(name, readers.record());
      health.become(State.RUNNING, "");
    }
  }

  /// Where the log begins above the cursor, the entries between are missing: counted, reported, and
  /// delivery goes on at the start.
  ///
  /// @return whether the cursor is still ours, and above the start
  private boolean skipWhatIsGone() {
    CursorRecord record = readers.record();
    // For the head everything must be there; of a straggler, its own frames are kept for longer.
    long start =
        record.head() < log.start(partition) ? log.start(partition) : log.oldest(partition);
    if (record.lowestNeeded() >= start) {
      return true;
    }
    List<Straggler> left =
        record.stragglers().stream()
            .map(each -> new Straggler(each.lane(), Math.max(each.from(), start)))
            .filter(each -> each.from() < Math.max(record.head(), start))
            .filter(each -> record.head() > start)
            .toList();
    var there =
        new CursorRecord(
            record.fence(),
            Math.max(record.head(), start),
            record.delivered(),
            record.deadLettered(),
            record.dropped(),
            left);
    OptionalLong counted = readers.missingUpTo(there);
    long missing = counted.orElse(Math.max(0, start - record.head()));
    LOGGER.log(
        Level.ERROR,
        "events missing for sink {0}: its cursor needs offset {1}, the log begins at {2}; up to {3} entries are counted as dropped{4}, delivery goes on",
        name,
        Long.toString(record.lowestNeeded()),
        Long.toString(start),
        Long.toString(missing),
        waitedBelow(start, record));
    var to =
        new CursorRecord(
            there.fence(),
            there.head(),
            there.delivered(),
            there.deadLettered(),
            there.dropped() + missing,
            left);
    WriteResult result = writer.write(List.of(), record, to, () -> {});
    return switch (result) {
      case WriteResult.Delivered _ -> {
        place.committed(to);
        meters.missing(missing);
        health.keep(
            "up to %d entries below offset %d were no longer in the log%s"
                .formatted(missing, start, waitedBelow(start, record)));
        readers.adopt(to);
        yield true;
      }
      case Unavailable unavailable -> availability.unavailable(unavailable);
      case WriteResult.Fenced fenced -> availability.fenced(fenced);
      case WriteResult.Mixed _, WriteResult.Refused _ ->
          availability.outage("a move of the cursor without events was refused: " + result);
    };
  }

  /// What stragglers lost. How many entries of theirs stood between cannot be known any more.
  private static String waitedBelow(long start, CursorRecord record) {
    return record.stragglers().stream()
        .filter(each -> each.from() < Math.min(start, record.head()))
        .map(each ->
            "; tenant %s also lost what waited for it from offset %d to %d, uncounted"
                .formatted(
                    each.lane().tenant().value(), each.from(), Math.min(start, record.head())))
        .collect(Collectors.joining());
  }
}

package io.pulsegate.api;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A sink's durable place in the log, and what became of everything before it.
///
/// Everything below `head` is delivered, dead-lettered or dropped, but for what the stragglers
/// still have before them. `delivered + deadLettered + dropped` counts entries exactly, because it
/// is committed together with the rows where the sink can.
///
/// @param fence count of owners: a write with an older one is refused
/// @param head next offset the head reads
/// @param stragglers tenants that fell out of step, each with its own next offset below `head`
public record CursorRecord(
    long fence,
    long head,
    long delivered,
    long deadLettered,
    long dropped,
    List<Straggler> stragglers) {
  public CursorRecord {
    stragglers = List.copyOf(stragglers);
    if (fence < 0 || head < 0 || delivered < 0 || deadLettered < 0 || dropped < 0) {
      throw new IllegalArgumentException(
          "a cursor record holds no negative number, was fence %d, head %d, counts %d, %d, %d"
              .formatted(fence, head, delivered, deadLettered, dropped));
    }
  }

  /// A tenant out of step: the head skips it, it reads its own frames from `from`.
  public record Straggler(LaneKey lane, long from) {}

  /// The record of a sink that has not begun.
  public static CursorRecord startingAt(long offset) {
    return new CursorRecord(0, offset, 0, 0, 0, List.of());
  }

  /// The same place under another owner.
  public CursorRecord withFence(long newFence) {
    return new CursorRecord(newFence, head, delivered, deadLettered, dropped, stragglers);
  }

  /// The lowest offset that is still needed.
  public long lowestNeeded() {
    return stragglers.stream().mapToLong(Straggler::from).reduce(head, Math::min);
  }

  /// The stragglers as text, `tenant#incarnation@offset` separated by blanks; empty for none.
  public String stragglersText() {
    return stragglers.stream()
        .map(straggler -> straggler.lane() + "@" + straggler.from())
        .collect(Collectors.joining(" "));
  }

  /// Reads [#stragglersText].
  ///
  /// @throws IllegalArgumentException where the text is of another form
  public static List<Straggler> parseStragglers(String text) {
    return Stream.of(text.split(" ", -1))
        .filter(part -> !part.isEmpty())
        .map(part -> {
          int at = part.lastIndexOf('@');
          if (at < 0) {
            throw new IllegalArgumentException(
                "a straggler is tenant#incarnation@offset, was \"" + part + "\"");
          }
          return new Straggler(
              LaneKey.parse(part.substring(0, at)), Long.parseLong(part.substring(at + 1)));
        })
        .toList();
  }
}

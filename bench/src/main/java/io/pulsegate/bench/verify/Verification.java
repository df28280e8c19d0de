package io.pulsegate.bench.verify;

import io.pulsegate.bench.load.AckRecord;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Compares a record of acknowledgements with a sink and, where poisonous events were sent, with
/// the dead letters. An ordinary event belongs into the sink exactly once; a poisonous one into the
/// dead letters exactly once and not into the sink. Ids that were never acknowledged may be there
/// (their reply was lost), but not twice.
final class Verification {
  private static final int SINK = 0;
  private static final int DEAD_LETTERS = 1;
  private static final int EXAMPLES_MAX = 5;

  private final IdTable table;
  private long foreign;

  private Verification(int expected) {
    table = new IdTable(expected);
  }

  /// @param expected about how many ids there are
  /// @param deadLetters where poisonous events are looked for; without it, they are looked for in
  ///   the sink like the others
  static Findings verify(
      int expected, IdSource record, IdSource sink, Optional<IdSource> deadLetters)
      throws IOException, SQLException {
    var verification = new Verification(expected);
    record.forEach(line -> verification.acknowledged(line, deadLetters.isPresent()));
    sink.forEach(id -> verification.found(id, SINK));
    if (deadLetters.isPresent()) {
      deadLetters.get().forEach(id -> verification.found(id, DEAD_LETTERS));
    }
    return verification.findings();
  }

  private void acknowledged(String line, boolean separatePoison) {
    boolean isPoison = line.endsWith(AckRecord.POISON_MARK);
    var id = UUID.fromString(isPoison ? line.substring(0, line.indexOf(' ')) : line);
    table.mark(
        id.getMostSignificantBits(),
        id.getLeastSignificantBits(),
        isPoison && separatePoison ? IdTable.POISON : IdTable.ACKNOWLEDGED);
  }

  private void found(String text, int store) {
    if (text.length() != 36) {
      foreign++;
      return;
    }
    try {
      var id = UUID.fromString(text);
      table.count(id.getMostSignificantBits(), id.getLeastSignificantBits(), store);
    } catch (IllegalArgumentException e) {
      // Other senders may use any text as an id; it is not ours to judge, only counted.
      foreign++;
    }
  }

  private Findings findings() {
    var tally = new Tally();
    table.forEach(tally);
    return new Findings(
        tally.acknowledged,
        tally.poison,
        tally.delivered,
        tally.missing.examples(),
        tally.doubled.examples(),
        tally.extra.examples(),
        foreign);
  }

  private static final class Tally implements IdTable.Visitor {
    private long acknowledged;
    private long poison;
    private long delivered;
    private final Sample missing = new Sample();
    private final Sample doubled = new Sample();
    private final Sample extra = new Sample();

    @Override
    public void visit(long idHigh, long idLow, int marks, int inSink, int inDeadLetters) {
      boolean isPoison = (marks & IdTable.POISON) != 0;
      if (marks != 0) {
        acknowledged++;
        poison += isPoison ? 1 : 0;
        if ((isPoison ? inDeadLetters : inSink) == 0) {
          missing.add(idHigh, idLow);
        } else if (inSink + inDeadLetters == 1) {
          delivered++;
        }
      } else {
        extra.add(idHigh, idLow);
      }
      if (inSink + inDeadLetters > 1) {
        doubled.add(idHigh, idLow);
      }
    }
  }

  private static final class Sample {
    private long count;
    private final List<String> first = new ArrayList<>();

    void add(long idHigh, long idLow) {
      if (count++ < EXAMPLES_MAX) {
        first.add(new UUID(idHigh, idLow).toString());
      }
    }

    Findings.Examples examples() {
      return new Findings.Examples(count, first);
    }
  }
}

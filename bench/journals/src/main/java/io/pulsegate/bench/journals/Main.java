package io.pulsegate.bench.journals;

import io.pulsegate.bench.scenario.ClosedLoop;
import io.pulsegate.bench.scenario.Journal;
import io.pulsegate.bench.scenario.LoopLoad;
import java.nio.file.Path;

/// Drives one journal and prints what it showed: `NAME FOLDER IN_FLIGHT EVENTS BYTES WARM_UP_NANOS
/// NANOS`.
final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    var folder = Path.of(args[1]);
    var load =
        new LoopLoad(
            Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    try (Journal journal = open(args[0], folder, load)) {
      var result =
          new ClosedLoop(journal, load).run(Long.parseLong(args[5]), Long.parseLong(args[6]));
      System.out.println(result.line());
    }
    // Their threads need not end for this.
    System.exit(0);
  }

  private static Journal open(String name, Path folder, LoopLoad load) throws Exception {
    return switch (name) {
      case "Artemis" -> ArtemisJournal.open(folder, load);
      case "RocksDB" -> new RocksJournal(folder);
      default -> throw new IllegalArgumentException("no journal " + name);
    };
  }
}

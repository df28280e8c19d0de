package io.pulsegate.bench.scenario;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/// A canonical workload.
public sealed interface Scenario
    permits IngestScenario,
        DeliverScenario,
        TargetsScenario,
        NeighboursScenario,
        TenantsScenario,
        OutageScenario,
        DialectsScenario,
        LogScenario,
        LogStepsScenario,
        RecoveryScenario,
        DuplicatesScenario,
        TrackScenario {
  /// All of them, in the order they are listed.
  List<Scenario> ALL =
      List.of(
          new IngestScenario(),
          new DeliverScenario(),
          new TargetsScenario(),
          new NeighboursScenario(),
          new TenantsScenario(),
          new OutageScenario(),
          new DialectsScenario(),
          new LogScenario(),
          new LogStepsScenario(),
          new RecoveryScenario(),
          new DuplicatesScenario(),
          new TrackScenario());

  /// The name on the command line.
  String name();

  /// One line for `bench --list`.
  String summary();

  /// Runs it; tables are handed over as soon as they are complete.
  void run(Bench bench) throws IOException, InterruptedException, SQLException;
}

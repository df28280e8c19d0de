package io.pulsegate.bench.scenario;

import io.pulsegate.bench.jmh.MiddlewareBenchmark;
import io.pulsegate.bench.jmh.TrackBenchmark;
import io.pulsegate.bench.scenario.Table.Column;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// What a call costs an application: `track` of the Java client, and a request through its filters.
/// By JMH, in processes of their own.
final class TrackScenario implements Scenario {
  @Override
  public String name() {
    return "track";
  }

  @Override
  public String summary() {
    return "by JMH: a call of the Java client's track, and what its filters add to a request";
  }

  @Override
  public void run(Bench bench) throws InterruptedException {
    bench.progress().accept("track: eight benchmarks, about a minute");
    var options =
        new OptionsBuilder()
            .include(TrackBenchmark.class.getName())
            .include(MiddlewareBenchmark.class.getName())
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .jvmArgsPrepend("-Xmx1g", "--sun-misc-unsafe-memory-access=allow")
            .build();
    try {
      var table = table();
      for (RunResult result : new Runner(options).run()) {
        Result<?> time = result.getPrimaryResult();
        table.row(
            what(result),
            time.getScore(),
            time.getScoreError(),
            score(result, "callerBytes") / score(result, "calls"),
            score(result, "gc.alloc.rate.norm"));
      }
      bench.tables().accept(table);
    } catch (RunnerException e) {
      throw new IllegalStateException("JMH failed: " + e.getMessage(), e);
    }
  }

  private static Table table() {
    return new Table(
        "track: one thread; `whole process` is -prof gc with the client's own thread, which sends, and the server in it",
        List.of(
            new Column("call", "call", 0),
            new Column("ns", "ns", 0),
            new Column("+- (99.9 %)", "error_ns", 0),
            new Column("caller B/call", "caller_bytes", 0),
            new Column("whole process B/call", "process_bytes", 0)));
  }

  private static String what(RunResult result) {
    String method = result.getPrimaryResult().getLabel();
    String queue = result.getParams().getParam("queue");
    return queue == null ? method : method + ", queue in " + queue;
  }

  private static double score(RunResult result, String name) {
    Result<?> secondary = result.getSecondaryResults().get(name);
    return secondary == null ? Double.NaN : secondary.getScore();
  }
}

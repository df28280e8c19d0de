package io.pulsegate.bench;

import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/// One line that is drawn again and again while a run goes on; nothing where there is no terminal.
final class ProgressLine {
  private final PrintWriter out;
  private final boolean isTerminal;
  private final LoadPlan plan;
  private double lastSeconds;
  private long lastEvents;

  ProgressLine(PrintWriter out, boolean isTerminal, LoadPlan plan) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.plan = plan;
  }

  void show(Progress now) {
    if (!isTerminal) {
      return;
    }
    double seconds = Math.max(1e-3, now.seconds() - lastSeconds);
    out.printf(
        Locale.ROOT,
        "\r\033[K%s  %,d events  %,.0f/s  p99 %.2f ms  %,d errors",
        done(now),
        now.events(),
        (now.events() - lastEvents) / seconds,
        now.p99Millis(),
        now.errors());
    out.flush();
    lastSeconds = now.seconds();
    lastEvents = now.events();
  }

  private String done(Progress now) {
    if (plan.eventsMax() < Long.MAX_VALUE) {
      return String.format(Locale.ROOT, "%3.0f %%", 100.0 * now.events() / plan.eventsMax());
    }
    return String.format(
        Locale.ROOT, "%.0f of %d s", now.seconds(), Math.max(1, plan.time().toSeconds()));
  }

  /// Clears the line.
  void end() {
    if (isTerminal) {
      out.print("\r\033[K");
      out.flush();
    }
  }
}

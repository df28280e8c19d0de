package io.pulsegate.bench;

import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadResult;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/// What a run of `load` prints.
final class LoadReport {
  private LoadReport() {}

  /// What is about to be sent, in one line.
  static String heading(LoadPlan plan) {
    return String.format(
        Locale.ROOT,
        "%s: %s, %d connections, %s of %s events%s%s, seed %d",
        plan.target(),
        plan.eventsPerSecond() > 0
            ? String.format(Locale.ROOT, "%,.0f events/s (open loop)", plan.eventsPerSecond())
            : "closed loop",
        plan.connections(),
        plan.payload().batch() == 1 ? "singles" : "batches of " + plan.payload().batch(),
        plan.payload().shape(),
        plan.payload().gzip() ? ", gzip" : "",
        plan.retry() ? ", with retries" : "",
        plan.payload().seed());
  }

  static void print(LoadResult result, LoadPlan plan, PrintWriter out, boolean json) {
    if (json) {
      out.println(json(result));
    } else {
      table(result, plan, out);
    }
    out.flush();
  }

  private static void table(LoadResult result, LoadPlan plan, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "events      %,14.0f /s   %,d accepted, %,d duplicates%n",
        result.eventsPerSecond(),
        result.accepted(),
        result.duplicates());
    out.printf(
        Locale.ROOT,
        "requests    %,14.0f /s   %,d in %.1f s%n",
        result.requestsPerSecond(),
        result.requests(),
        result.seconds());
    percentiles(
        out,
        "latency",
        result.latency(),
        plan.eventsPerSecond() > 0
            ? "from the intended time to the acknowledgement"
            : "closed loop: what a stall kept from being sent is not in it");
    if (plan.eventsPerSecond() > 0 || plan.retry()) {
      percentiles(out, "service", result.service(), "of each try, from sending to reply");
    }
    if (result.unacknowledged() > 0) {
      out.printf(
          Locale.ROOT, "no answer   %,14d events, outcome unknown%n", result.unacknowledged());
    }
    if (result.turnedAway() > 0) {
      out.printf(
          Locale.ROOT,
          "not taken   %,14d events, for now, as the errors say; --retry sends them again%n",
          result.turnedAway());
    }
    if (result.overdue() > 0) {
      out.printf(
          Locale.ROOT, "behind      %,14d requests were due and never left%n", result.overdue());
    }
    result
        .errors()
        .forEach((code, count) -> out.printf(Locale.ROOT, "error       %,14d x %s%n", count, code));
    if (result.isKeyRefused()) {
      out.println("The server does not let this key send: name another with --key.");
    }
  }

  private static void percentiles(PrintWriter out, String name, Histogram values, String meaning) {
    out.printf(
        Locale.ROOT,
        "%-11s p50 %s   p90 %s   p99 %s   p99.9 %s   max %s ms   (%s)%n",
        name,
        millis(values, 50),
        millis(values, 90),
        millis(values, 99),
        millis(values, 99.9),
        millis(values, 100),
        meaning);
  }

  private static String millis(Histogram values, double percentile) {
    return String.format(Locale.ROOT, "%.2f", values.getValueAtPercentile(percentile) / 1e6);
  }

  private static String json(LoadResult result) {
    return String.format(
        Locale.ROOT,
        "{\"seconds\":%.3f,\"events_per_second\":%.1f,\"requests_per_second\":%.1f,"
            + "\"accepted\":%d,\"duplicates\":%d,\"requests\":%d,\"unacknowledged\":%d,"
            + "\"turned_away\":%d,\"overdue\":%d,\"latency_ms\":%s,\"service_ms\":%s,\"errors\":{%s}}",
        result.seconds(),
        result.eventsPerSecond(),
        result.requestsPerSecond(),
        result.accepted(),
        result.duplicates(),
        result.requests(),
        result.unacknowledged(),
        result.turnedAway(),
        result.overdue(),
        json(result.latency()),
        json(result.service()),
        result.errors().entrySet().stream()
            .map(error -> JsonText.quote(error.getKey()) + ":" + error.getValue())
            .collect(Collectors.joining(",")));
  }

  private static String json(Histogram values) {
    return String.format(
        Locale.ROOT,
        "{\"p50\":%s,\"p90\":%s,\"p99\":%s,\"p99_9\":%s,\"max\":%s}",
        millis(values, 50),
        millis(values, 90),
        millis(values, 99),
        millis(values, 99.9),
        millis(values, 100));
  }
}

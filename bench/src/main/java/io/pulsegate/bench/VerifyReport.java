package io.pulsegate.bench;

import io.pulsegate.bench.verify.Findings;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;

/// What `load --verify` prints.
final class VerifyReport {
  private VerifyReport() {}

  static void print(Findings findings, PrintWriter out, boolean json) {
    if (json) {
      out.println(json(findings));
    } else {
      table(findings, out);
    }
    out.flush();
  }

  private static void table(Findings findings, PrintWriter out) {
    line(out, "acknowledged", findings.acknowledged(), "ids in the record");
    if (findings.poison() > 0) {
      line(out, "of them poison", findings.poison(), "looked for among the dead letters");
    }
    line(out, "there once", findings.delivered(), "as it should be");
    examples(out, "missing", findings.missing(), "acknowledged, and not where they belong");
    examples(out, "doubled", findings.doubled(), "there more than once");
    examples(out, "extra", findings.extra(), "there, and their acknowledgement never seen");
    if (findings.foreign() > 0) {
      line(out, "other", findings.foreign(), "entries whose id is no UUID");
    }
    if (findings.isEmpty()) {
      out.println("Nothing was verified: the record holds no acknowledged id.");
    } else {
      out.println(findings.isClean() ? "OK" : "FAILED");
    }
  }

  private static void line(PrintWriter out, String name, long count, String meaning) {
    out.printf(Locale.ROOT, "%-14s %,14d  %s%n", name, count, meaning);
  }

  private static void examples(
      PrintWriter out, String name, Findings.Examples found, String meaning) {
    line(out, name, found.count(), meaning);
    found.ids().forEach(id -> out.println("    " + id));
  }

  private static String json(Findings findings) {
    return String.format(
        Locale.ROOT,
        "{\"ok\":%b,\"acknowledged\":%d,\"poison\":%d,\"delivered\":%d,\"missing\":%s,"
            + "\"doubled\":%s,\"extra\":%s,\"foreign\":%d}",
        findings.isClean(),
        findings.acknowledged(),
        findings.poison(),
        findings.delivered(),
        json(findings.missing()),
        json(findings.doubled()),
        json(findings.extra()),
        findings.foreign());
  }

  private static String json(Findings.Examples found) {
    return found.ids().stream()
        .map(JsonText::quote)
        .collect(Collectors.joining(",", "{\"count\":" + found.count() + ",\"examples\":[", "]}"));
  }
}

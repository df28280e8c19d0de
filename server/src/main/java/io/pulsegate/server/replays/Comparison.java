package io.pulsegate.server.replays;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.IngestionLog.LogBlock;
import io.pulsegate.core.LaneRules;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.tenants.Verdicts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What another pipeline would make of events, beside what the present one makes of them.
final class Comparison implements Scan.Finding {
  private static final int EXAMPLES = 5;
  private static final int EXAMPLE_CHARS = 2_000;
  private static final int PATHS_MAX = 500;

  private final LaneRules present;
  private final Map<String, Findings> bySink = new LinkedHashMap<>();
  private final Function<String, Optional<Transform>> candidate;
  private long events;

  /// What was found of one sink.
  private static final class Findings {
    final Map<String, Long> outcomes = new LinkedHashMap<>();
    final Map<String, Long> added = new LinkedHashMap<>();
    final Map<String, Long> removed = new LinkedHashMap<>();
    final Map<String, Long> changed = new LinkedHashMap<>();
    final List<Example> examples = new ArrayList<>();
    long different;
  }

  private record Example(
      String eventId, long offset, String outcome, Optional<String> now, Optional<String> then) {}

  /// @param candidate the way to a sink in the other pipeline; empty where events go there as they
  ///   are
  Comparison(
      LaneRules present, List<String> sinks, Function<String, Optional<Transform>> candidate) {
    this.present = present;
    this.candidate = candidate;
    sinks.forEach(sink -> bySink.put(sink, new Findings()));
  }

  @Override
  public void take(LogBlock block, int i) {
    events++;
    TransformEvent event = Verdicts.event(block, i);
    bySink.forEach((sink, findings) -> {
      Verdict now = Verdicts.of(present.wayOf(block.lane(), sink), event);
      Verdict then = Verdicts.of(candidate.apply(sink), event);
      compare(findings, event, block.firstOffset() + i, now, then);
    });
  }

  private static void compare(
      Findings findings, TransformEvent event, long offset, Verdict now, Verdict then) {
    String outcome = outcome(now) + " -> " + outcome(then);
    boolean same = now.equals(then);
    if (!same && now instanceof Verdict.Keep && then instanceof Verdict.Keep) {
      outcome = "kept -> kept, changed";
    }
    findings.outcomes.merge(outcome, 1L, Long::sum);
    if (same) {
      return;
    }
    findings.different++;
    if (now instanceof Verdict.Keep(TransformEvent before)
        && then instanceof Verdict.Keep(TransformEvent after)) {
      fields(findings, before, after);
    }
    if (findings.examples.size() < EXAMPLES) {
      findings.examples.add(
          new Example(event.received().eventId(), offset, outcome, text(now), text(then)));
    }
  }

  /// In a few words.
  static String outcome(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Keep _ -> "kept";
      case Verdict.Split(List<TransformEvent> parts) -> "split into " + parts.size();
      case Verdict.Drop(String reason) -> "dropped: " + reason;
      case Verdict.Fail(String code, String _, boolean retryable) ->
          (retryable ? "waits: " : "dead letter: ") + code;
    };
  }

  private static void fields(Findings findings, TransformEvent before, TransformEvent after) {
    Map<String, JsonValue> old = paths(before);
    Map<String, JsonValue> fresh = paths(after);
    fresh.forEach((path, value) -> {
      JsonValue was = old.get(path);
      if (was == null) {
        count(findings.added, path);
      } else if (!was.equals(value)) {
        count(findings.changed, path);
      }
    });
    old.keySet().stream()
        .filter(path -> !fresh.containsKey(path))
        .forEach(path -> count(findings.removed, path));
  }

  private static void count(Map<String, Long> counts, String path) {
    if (counts.size() < PATHS_MAX || counts.containsKey(path)) {
      counts.merge(path, 1L, Long::sum);
    }
  }

  /// Values by their paths; objects by what is in them.
  private static Map<String, JsonValue> paths(TransformEvent event) {
    var paths = new LinkedHashMap<String, JsonValue>();
    paths.put("(event type)", new JsonValue.JsonText(event.type()));
    event
        .partitionKey()
        .ifPresent(key -> paths.put("(partition key)", new JsonValue.JsonText(key)));
    collect("", event.payload(), paths);
    return paths;
  }

  private static void collect(String prefix, JsonObject object, Map<String, JsonValue> paths) {
    object
        .fields()
        .forEach((name, value) -> {
          if (value instanceof JsonObject inner && !inner.fields().isEmpty()) {
            collect(prefix + name + ".", inner, paths);
          } else {
            paths.put(prefix + name, value);
          }
        });
  }

  private static Optional<String> text(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Keep(TransformEvent event) -> Optional.of(cut(event));
      case Verdict.Split(List<TransformEvent> parts) ->
          parts.stream().findFirst().map(Comparison::cut);
      case Verdict.Drop _, Verdict.Fail _ -> Optional.empty();
    };
  }

  private static String cut(TransformEvent event) {
    String text = event.payload().json();
    return text.length() <= EXAMPLE_CHARS ? text : text.substring(0, EXAMPLE_CHARS) + " …";
  }

  @Override
  public void write(JsonWriter json) {
    json.field("events", events).name("sinks").beginArray();
    bySink.forEach((sink, findings) -> {
      json.beginObject().field("sink", sink).field("different", findings.different);
      write(json, "outcomes", findings.outcomes);
      write(json, "fields_added", findings.added);
      write(json, "fields_removed", findings.removed);
      write(json, "fields_changed", findings.changed);
      json.name("examples").beginArray();
      findings.examples.forEach(example -> write(json, example));
      json.endArray().endObject();
    });
    json.endArray();
  }

  private static void write(JsonWriter json, String name, Map<String, Long> counts) {
    json.name(name).beginObject();
    counts.forEach(json::field);
    json.endObject();
  }

  private static void write(JsonWriter json, Example example) {
    json.beginObject()
        .field("event_id", example.eventId())
        .field("offset", example.offset())
        .field("outcome", example.outcome());
    example.now().ifPresent(text -> json.field("now", text));
    example.then().ifPresent(text -> json.field("then", text));
    json.endObject();
  }

  /// The ways of a candidate.
  ///
  /// @param ways by sink; empty where the candidate has no routes
  static Function<String, Optional<Transform>> candidate(Optional<Map<String, Transform>> ways) {
    Transform nowhere = _ -> new Verdict.Drop("not_routed");
    return sink -> ways.map(known -> known.getOrDefault(sink, nowhere));
  }
}

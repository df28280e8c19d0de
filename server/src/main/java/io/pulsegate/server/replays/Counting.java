package io.pulsegate.server.replays;

import io.pulsegate.api.Event;
import io.pulsegate.core.IngestionLog.LogBlock;
import io.pulsegate.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/// How much there is to replay: the dry run.
final class Counting implements Scan.Finding {
  private static final int NAMES_MAX = 1_000;
  private static final String OTHERS = "(others)";

  private final int eventsPerSecond;
  private final int sinks;
  private final Map<String, Long> byTenant = new LinkedHashMap<>();
  private final Map<String, Long> byType = new LinkedHashMap<>();
  private long events;
  private long bytes;
  private long firstMicros = Long.MAX_VALUE;
  private long lastMicros;

  /// @param sinks how many sinks would be given them
  Counting(int eventsPerSecond, int sinks) {
    this.eventsPerSecond = eventsPerSecond;
    this.sinks = sinks;
  }

  @Override
  public void take(LogBlock block, int i) {
    events++;
    bytes += block.block().payloadLength(i);
    firstMicros = Math.min(firstMicros, block.receivedAtMicros());
    lastMicros = Math.max(lastMicros, block.receivedAtMicros());
    count(byTenant, block.lane().tenant().value());
    count(byType, block.block().type(i));
  }

  private static void count(Map<String, Long> counts, String name) {
    boolean isNew = counts.size() >= NAMES_MAX && !counts.containsKey(name);
    counts.merge(isNew ? OTHERS : name, 1L, Long::sum);
  }

  @Override
  public void write(JsonWriter json) {
    json.field("events", events).field("bytes", bytes).field("sinks", sinks);
    json.field("seconds_at_this_speed", events / eventsPerSecond);
    if (events > 0) {
      json.field("first_received_at", Event.ofMicros(firstMicros).toString())
          .field("last_received_at", Event.ofMicros(lastMicros).toString());
    }
    write(json, "by_tenant", byTenant);
    write(json, "by_type", byType);
  }

  private static void write(JsonWriter json, String name, Map<String, Long> counts) {
    json.name(name).beginObject();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(entry -> json.field(entry.getKey(), entry.getValue()));
    json.endObject();
  }
}

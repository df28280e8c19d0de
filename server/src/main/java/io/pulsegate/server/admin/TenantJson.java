package io.pulsegate.server.admin;

import io.pulsegate.core.PublicId;
import io.pulsegate.core.Quotas;
import io.pulsegate.core.Route;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.tenants.TenantView;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/// A tenant as JSON, under the names that the configuration has for it.
final class TenantJson {
  private TenantJson() {}

  /// @param whole whether settings of transforms and sinks are shown
  static JsonWriter of(TenantView view, boolean whole) {
    TenantConfig config = view.config();
    var json =
        new JsonWriter()
            .beginObject()
            .field("id", config.id().value())
            .field("incarnation", config.incarnation())
            .field("origin", view.origin().name().toLowerCase(Locale.ROOT));
    texts(json, "aliases", config.access().aliases().stream().sorted().toList());
    json.name("public_ids").beginArray();
    for (PublicId id : config.access().publicIds()) {
      json.beginObject().field("id", id.value());
      texts(json, "origins", id.origins().stream().sorted().toList());
      json.endObject();
    }
    json.endArray();
    quotas(json, config.quotas());
    json.field("weight", config.terms().weight())
        .field("durability", config.terms().durability().name().toLowerCase(Locale.ROOT))
        .field("replay_reach", config.terms().replayReach().toString())
        .field("privacy", config.terms().privacy().name().toLowerCase(Locale.ROOT));
    json.name("routes").beginArray();
    config.settings().routes().forEach(route -> route(json, route, whole));
    return json.endArray().endObject();
  }

  private static void texts(JsonWriter json, String name, Collection<String> texts) {
    json.name(name).beginArray();
    texts.forEach(json::value);
    json.endArray();
  }

  private static void quotas(JsonWriter json, Quotas quotas) {
    json.name("quotas").beginObject();
    limit(json, "events_per_second", quotas.eventsPerSecond());
    limit(json, "bytes_per_second", quotas.bytesPerSecond());
    limit(json, "backlog", quotas.backlogBytes());
    limit(json, "in_flight", quotas.inFlightBytes());
    limit(json, "dead_letters", quotas.deadLetterBytes());
    json.endObject();
  }

  private static void limit(JsonWriter json, String name, long limit) {
    if (limit != Quotas.UNLIMITED) {
      json.field(name, limit);
    }
  }

  private static void route(JsonWriter json, Route route, boolean whole) {
    json.beginObject().field("name", route.name());
    texts(json, "event_types", route.condition().types());
    json.name("fields").beginArray();
    for (Route.FieldTest test : route.condition().fields()) {
      json.beginObject().field("field", test.path());
      switch (test.kind()) {
        case IN -> texts(json, "in", test.values());
        case NOT_IN -> texts(json, "not_in", test.values());
        case EXISTS -> json.field("exists", true);
        case ABSENT -> json.field("exists", false);
      }
      json.endObject();
    }
    json.endArray().name("transform").beginArray();
    route.transforms().forEach(step -> component(json, step.name(), step.settings(), whole));
    json.endArray().name("sinks").beginArray();
    route.targets().forEach(target -> component(json, target.sink(), target.settings(), whole));
    json.endArray();
    route
        .onPoison()
        .ifPresent(each -> json.field("on_poison", each.name().toLowerCase(Locale.ROOT)));
    json.endObject();
  }

  private static void component(
      JsonWriter json, String name, Map<String, String> settings, boolean whole) {
    json.beginObject().field("name", name);
    if (whole && !settings.isEmpty()) {
      json.name("config").beginObject();
      settings.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(setting -> json.field(setting.getKey(), setting.getValue()));
      json.endObject();
    }
    json.endObject();
  }
}

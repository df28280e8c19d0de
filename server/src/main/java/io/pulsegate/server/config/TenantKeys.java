package io.pulsegate.server.config;

import io.pulsegate.api.Durability;
import io.pulsegate.api.Setting;
import io.pulsegate.core.OnPoison;
import io.pulsegate.core.Privacy;
import io.pulsegate.core.Terms;
import java.time.Duration;
import java.util.List;

/// Every key of a tenant, declared once.
final class TenantKeys {
  private static final int MANY = Integer.MAX_VALUE;

  static final Setting<String> ID =
      Setting.string(
          "id", "Name of the tenant: 1 to 64 letters, digits, '_', '-', '.'; stands in every row.");
  static final Setting<String> ALIASES =
      Setting.string(
              "aliases",
              "List of other names by which the tenant_id of an event may call it; nobody else's.")
          .asOptional();
  static final Setting<String> KEYS =
      Setting.string(
              "keys",
              "List of its keys: the key itself, or sha256: and the 64 hex digits of the key's SHA-256; or a map of the keys below. More can be made while the server runs.")
          .asOptional()
          .asSecret();
  static final Setting<String> PUBLIC_IDS =
      Setting.string(
              "public_ids",
              "List of ids that pages in browsers send with: they may only write. Each has the keys below.")
          .asOptional();
  static final Setting<String> QUOTAS =
      Setting.string(
              "quotas", "How much it may use, by the keys below. What is not named has no limit.")
          .asOptional();
  static final Setting<Integer> WEIGHT =
      Setting.integer(
              "weight",
              1,
              Terms.WEIGHT_MAX,
              "Its share of a sink that is short, against the others'.")
          .orElse("1");
  static final Setting<Durability> DURABILITY =
      Setting.choice(
              "durability",
              Durability.class,
              "What a positive reply means: disk after the sync, memory before it.")
          .orElse("disk");
  static final Setting<Duration> REPLAY_REACH =
      Setting.duration(
              "replay_reach",
              "How far back its events can be replayed: the log keeps them so long, where the disk has room, even where every sink has them. At least log.replay_time.")
          .orElse("0");
  static final Setting<Privacy> PRIVACY =
      Setting.choice(
              "privacy",
              Privacy.class,
              "What may be stored: standard as sent, gdpr with IP addresses hashed, hipaa with personal data taken out too.")
          .orElse("standard");
  static final Setting<String> PLUGINS =
      Setting.string(
              "plugins",
              "Its only route: a map of transform and sinks, as below. Without plugins and routes its events go into every sink as they are.")
          .asOptional();
  static final Setting<String> ROUTES =
      Setting.string("routes", "List of routes, each with the keys below; instead of plugins.")
          .asOptional();
  static final List<Setting<?>> TENANT =
      List.of(
          ID,
          ALIASES,
          KEYS,
          PUBLIC_IDS,
          QUOTAS,
          WEIGHT,
          DURABILITY,
          REPLAY_REACH,
          PRIVACY,
          PLUGINS,
          ROUTES);

  static final Setting<Integer> EVENTS_PER_SECOND =
      Setting.integer(
              "events_per_second",
              1,
              MANY,
              "Events in a second, over time; a second's worth may come at once.")
          .asOptional();
  static final Setting<Long> BYTES_PER_SECOND =
      Setting.size("bytes_per_second", "The same for bytes of events as they are stored.")
          .asOptional();
  static final Setting<Long> BACKLOG =
      Setting.size("backlog", "Bytes of events that its slowest sink has not taken yet.")
          .asOptional();
  static final Setting<Long> IN_FLIGHT =
      Setting.size(
              "in_flight",
              "Bytes of requests held in memory at once. A request that comes alone is let in all the same.")
          .asOptional();
  static final Setting<Long> DEAD_LETTERS =
      Setting.size(
              "dead_letters",
              "Bytes of dead letters that wait for a person. When it is full, delivery of this tenant waits; nothing is dropped.")
          .asOptional();
  static final List<Setting<?>> QUOTA =
      List.of(EVENTS_PER_SECOND, BYTES_PER_SECOND, BACKLOG, IN_FLIGHT, DEAD_LETTERS);

  static final Setting<String> KEY =
      Setting.string("key", "The key, or sha256: and the 64 hex digits of its SHA-256.").asSecret();
  static final Setting<String> KEY_NAME = Setting.string("name", "What it is for.").asOptional();
  static final Setting<String> SCOPES =
      Setting.string(
              "scopes",
              "List of what it may do: ingest sends events, read sees the tenant's settings, lag and dead letters, admin changes its keys and dead letters.")
          .orElse("ingest");
  static final Setting<String> EXPIRES =
      Setting.string("expires", "From when on it opens nothing, such as 2027-01-31T00:00:00Z.")
          .asOptional();
  static final List<Setting<?>> KEY_MAP = List.of(KEY, KEY_NAME, SCOPES, EXPIRES);

  static final Setting<String> PUBLIC_ID =
      Setting.string("id", "The id: 1 to 128 visible ASCII characters.");
  static final Setting<String> ORIGINS =
      Setting.string(
          "origins",
          "List of the sites whose pages may use it, such as https://shop.example; * for any; [] for services, which send no Origin.");
  static final List<Setting<?>> PUBLIC_ID_MAP = List.of(PUBLIC_ID, ORIGINS);

  static final Setting<String> ROUTE_NAME =
      Setting.string("name", "Name of the route, unique within the tenant.");
  static final Setting<String> EVENT_TYPES =
      Setting.string(
              "event_types",
              "List of the event types that take it; * in one stands for any characters.")
          .asOptional();
  static final Setting<String> FIELDS =
      Setting.string(
              "fields", "List of tests of the payload that must all hold, by the keys below.")
          .asOptional();
  static final Setting<String> TRANSFORM =
      Setting.string("transform", "List of transforms in their order, each with name and config.")
          .asOptional();
  static final Setting<String> SINKS =
      Setting.string(
              "sinks",
              "List of sinks, each with name and config. The name is one of the section sinks, or a type with _sink behind it, such as postgres_sink: the only sink of the type, else one made from the environment.")
          .asOptional();
  static final Setting<OnPoison> ON_POISON =
      Setting.choice(
              "on_poison",
              OnPoison.class,
              "What becomes of an event that a sink or a transform will never take: dead_letter or halt. Default: what the sink says. All routes into one sink say the same.")
          .asOptional();
  static final List<Setting<?>> ROUTE =
      List.of(ROUTE_NAME, EVENT_TYPES, FIELDS, TRANSFORM, SINKS, ON_POISON);
  static final List<Setting<?>> PLUGIN_MAP = List.of(TRANSFORM, SINKS, ON_POISON);

  static final Setting<String> FIELD =
      Setting.string("field", "Path of the field from the payload's top, with dots between names.");
  static final Setting<String> IN =
      Setting.string("in", "List of values: the field has one of them.").asOptional();
  static final Setting<String> NOT_IN =
      Setting.string("not_in", "List of values: the field has none of them, or is not there.")
          .asOptional();
  static final Setting<Boolean> EXISTS =
      Setting.bool("exists", "Whether the field must be there, or must not.").asOptional();
  static final List<Setting<?>> FIELD_TEST = List.of(FIELD, IN, NOT_IN, EXISTS);

  static final Setting<String> COMPONENT_NAME = Setting.string("name", "The component's name.");
  static final Setting<String> COMPONENT_CONFIG =
      Setting.string(
              "config",
              "Map of its settings. Those of a sink that is there already must be the sink's own: a sink has one destination.")
          .asOptional();
  static final List<Setting<?>> COMPONENT = List.of(COMPONENT_NAME, COMPONENT_CONFIG);

  private TenantKeys() {}
}

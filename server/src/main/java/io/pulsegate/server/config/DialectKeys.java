package io.pulsegate.server.config;

import io.pulsegate.api.Durability;
import io.pulsegate.api.Setting;
import io.pulsegate.core.Privacy;
import io.pulsegate.json.JsonValue;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The settings under `dialects`, declared once for the parser and the reference page.
final class DialectKeys {
  static final String EVENT_COLLECTOR = "event-collector";
  static final String PULSE_METRICS = "pulsemetrics";
  static final String KAASINO = "kaasino";
  static final String COLLECTION = "collection";

  static final Setting<String> TENANT =
      Setting.string(
              "tenant",
              "Tenant of requests that bring no key. Without it they are refused with 401.")
          .asOptional();
  static final Setting<String> ORIGINS =
      Setting.string(
              "origins",
              "Web origins whose pages may send, with commas between; * for all. Default: none, and * where ALLOWED_ORIGINS is not set for kaasino and collection.")
          .asOptional();
  static final Setting<Boolean> TRUSTED =
      Setting.bool(
              "trusted_network",
              "Whether an event's tenant_id chooses among the known tenants. Only where everybody who reaches the port may write for all of them.")
          .orElse("false");
  static final Setting<Boolean> TEST_EVENTS =
      Setting.bool(
              "test_events",
              "Whether POST /api/v1/test/events makes events. On where there is no configuration.")
          .orElse("false");
  static final Setting<Durability> DURABILITY =
      Setting.choice(
              "durability",
              Durability.class,
              "What the 202 means: disk after the sync; memory before it, with the buffer below.")
          .orElse("disk");
  static final Setting<Integer> BUFFER_SIZE =
      Setting.integer(
              "buffer_size",
              1,
              1_000_000,
              "At level memory: events between reply and disk. More are dropped and counted.")
          .orElse("1000");
  static final Setting<Integer> BATCH_SIZE =
      Setting.integer(
              "batch_size",
              1,
              1_000_000,
              "Read for compatibility: a sync takes all that waits, so no batch is waited for.")
          .orElse("10");
  static final Setting<Duration> FLUSH_INTERVAL =
      Setting.duration(
              "flush_interval",
              "Read for compatibility: nothing waits for a timer, so nothing waits longer.")
          .orElse("10ms");
  static final Setting<Integer> WORKER_COUNT =
      Setting.integer(
              "worker_count", 1, 1_000, "Read for compatibility: one sync serves all who wait.")
          .orElse("4");
  static final Setting<Boolean> METRICS_JSON =
      Setting.bool(
              "metrics_json",
              "Whether /metrics answers in Kaasino's JSON to an Accept of */* too; else it does so for application/json only.")
          .orElse("false");
  static final Setting<URI> LOOKUP_URL =
      Setting.uri(
              "pixel_management_url",
              "Service that authorises domains: GET {url}/api/v1/config/domain/{domain}. Variable: PIXEL_MANAGEMENT_URL.")
          .asOptional();
  static final Setting<String> CLIENT_FIELD =
      Setting.string("client_field", "Field of its answer with the client id.").orElse("client_id");
  static final Setting<String> PRIVACY_FIELD =
      Setting.string("privacy_field", "Field of its answer with the privacy level.")
          .orElse("privacy_level");
  static final Setting<Duration> TIMEOUT =
      Setting.duration("lookup_timeout", "Longest wait for one answer.").orElse("2s");
  static final Setting<Duration> FRESH =
      Setting.duration("lookup_cache", "How long an answer holds.").orElse("5m");
  static final Setting<Duration> STALE =
      Setting.duration(
              "lookup_stale", "How much longer it holds while the service fails; then 503.")
          .orElse("1h");
  static final Setting<Duration> REFUSED =
      Setting.duration("lookup_refused", "How long a refusal holds.").orElse("30s");
  static final Setting<Integer> CLIENTS_MAX =
      Setting.integer("clients_max", 1, 100_000, "Most tenants that lookups may bring into being.")
          .orElse("10000");

  static final Setting<JsonValue> TEMPLATE =
      Setting.structure(
              "template",
              "Settings of a tenant that an attributed domain brings into being, as under tenants, without id and keys: quotas, routes, privacy.")
          .asOptional();

  static final Setting<String> DOMAIN_NAME = Setting.string("domain", "As it stands in siteId.");
  static final Setting<String> DOMAIN_CLIENT =
      Setting.string("client", "Client id, which is the tenant; made where it is not configured.");
  static final Setting<Privacy> DOMAIN_PRIVACY =
      Setting.choice(
              "privacy",
              Privacy.class,
              "standard: stored as sent; gdpr: IP addresses as keyed hashes; hipaa: personal fields and e-mail addresses taken out as well.")
          .orElse("standard");
  static final List<Setting<?>> DOMAIN = List.of(DOMAIN_NAME, DOMAIN_CLIENT, DOMAIN_PRIVACY);

  /// Lists in a section, by key.
  static final Map<String, Map<String, List<Setting<?>>>> LISTS =
      Map.of(COLLECTION, Map.of("domains", DOMAIN));

  /// Settings by dialect, in the order of the reference page.
  static final Map<String, List<Setting<?>>> ALL = all();

  private DialectKeys() {}

  private static Map<String, List<Setting<?>>> all() {
    var all = new LinkedHashMap<String, List<Setting<?>>>();
    all.put(EVENT_COLLECTOR, List.of(TENANT, ORIGINS, TRUSTED, TEST_EVENTS));
    all.put(
        PULSE_METRICS,
        List.of(
            TENANT, ORIGINS, DURABILITY, BUFFER_SIZE, BATCH_SIZE, FLUSH_INTERVAL, WORKER_COUNT));
    all.put(KAASINO, List.of(TENANT, ORIGINS, METRICS_JSON));
    all.put(
        COLLECTION,
        List.of(
            TENANT,
            ORIGINS,
            LOOKUP_URL,
            CLIENT_FIELD,
            PRIVACY_FIELD,
            TIMEOUT,
            FRESH,
            STALE,
            REFUSED,
            CLIENTS_MAX,
            TEMPLATE));
    return all;
  }
}

package io.pulsegate.server;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Intake;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.ingress.http.Accept;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.ingress.http.PageRequest;
import io.pulsegate.ingress.http.Pages;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.docs.DocPages;
import io.pulsegate.server.metrics.PrometheusMetrics;
import io.pulsegate.server.systems.Systems;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Health, readiness, metrics and the description of the API, for everybody.
///
/// `/health` says that the process answers: always 200. `/ready` says whether events are accepted:
/// 503 where the log cannot accept, with the state of everything behind it in the body, which a
/// strict setting counts as well.
final class PublicPages implements Pages {
  private static final Set<String> GET = Set.of("GET");
  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain";
  private static final String OPEN = "application/openmetrics-text";

  private final Supplier<Intake.Readiness> intake;
  private final Supplier<List<SinkStatus>> sinks;
  private final Supplier<Optional<String>> storeTrouble;
  private final PrometheusMetrics metrics;
  private final InstantSource clock;
  private final boolean strict;
  private final Systems systems;
  private final DocPages docs = new DocPages();
  private final Attribution attribution;
  private final List<String> metricsTypes;
  private final Instant started;

  /// How senders that name a domain are attributed, for `/health`.
  ///
  /// @param mode `off`, `table` or `service`
  /// @param trouble what is wrong with the service, as far as is known
  record Attribution(String mode, Supplier<Optional<String>> trouble) {}

  PublicPages(
      Supplier<Intake.Readiness> intake,
      Supplier<List<SinkStatus>> sinks,
      Supplier<Optional<String>> storeTrouble,
      PrometheusMetrics metrics,
      InstantSource clock,
      boolean strict,
      Systems systems,
      Attribution attribution,
      boolean metricsAsJson) {
    this.intake = intake;
    this.sinks = sinks;
    this.storeTrouble = storeTrouble;
    this.metrics = metrics;
    this.clock = clock;
    this.strict = strict;
    this.systems = systems;
    this.attribution = attribution;
    this.metricsTypes = metricsAsJson ? List.of(JSON, TEXT, OPEN) : List.of(TEXT, OPEN, JSON);
    this.started = clock.instant();
  }

  @Override
  public Set<String> methods(String path) {
    return switch (path) {
      case "/health", "/ready", "/metrics" -> GET;
      default -> {
        Set<String> methods = docs.methods(path);
        yield methods.isEmpty() ? systems.pages().methods(path) : methods;
      }
    };
  }

  @Override
  public PageReply reply(PageRequest request) throws Exception {
    return switch (request.head().path()) {
      case "/health" -> health();
      case "/ready" -> ready();
      case "/metrics" -> metrics(request.head().header("Accept"));
      default ->
          docs.methods(request.head().path()).isEmpty()
              ? systems.pages().reply(request)
              : docs.reply(request);
    };
  }

  private PageReply health() {
    var json =
        new JsonWriter()
            .beginObject()
            .field("status", "ok")
            .field("version", Version.number())
            .field("uptime_seconds", Duration.between(started, clock.instant()).toSeconds())
            .field("database", systems.state().database());
    Optional<String> trouble = attribution.trouble().get();
    json.name("client_attribution")
        .beginObject()
        .field("mode", attribution.mode())
        .field("status", trouble.isPresent() ? "degraded" : "ok");
    trouble.ifPresent(reason -> json.field("reason", reason));
    json.endObject().endObject();
    return page(200, Map.of(), json);
  }

  private PageReply ready() {
    Intake.Readiness readiness = intake.get();
    List<SinkStatus> states = sinks.get();
    Optional<String> trouble = storeTrouble.get();
    boolean allWell =
        trouble.isEmpty()
            && states.stream().allMatch(sink -> sink.state() == SinkStatus.State.RUNNING);
    boolean ready = readiness.accepting() && (allWell || !strict);
    var json = new JsonWriter().beginObject().field("status", ready ? "ready" : "not_ready");
    json.name("log").beginObject().field("accepting", readiness.accepting());
    if (!readiness.accepting()) {
      json.field("reason", readiness.reason());
    }
    json.endObject();
    SinkPages.write(json.name("sinks"), states);
    json.name("state_store").beginObject().field("status", trouble.isEmpty() ? "ok" : "trouble");
    trouble.ifPresent(reason -> json.field("reason", reason));
    json.endObject().endObject();
    long retrySeconds = Math.max(1, readiness.retryAfter().toSeconds());
    return ready
        ? page(200, Map.of(), json)
        : page(503, Map.of("Retry-After", Long.toString(retrySeconds)), json);
  }

  /// Prometheus, or Kaasino's JSON where that is asked for.
  private PageReply metrics(Optional<String> accept) {
    if (Accept.choose(accept, metricsTypes).filter(JSON::equals).isPresent()) {
      return PageReply.json(200, systems.state().kaasinoMetrics());
    }
    PrometheusMetrics.Page page = metrics.page(accept.orElse("*/*").toLowerCase(Locale.ROOT));
    return new PageReply(200, page.contentType(), Map.of(), Bytes.of(page.body()));
  }

  private static PageReply page(int status, Map<String, String> headers, JsonWriter json) {
    return new PageReply(
        status, "application/json", headers, Bytes.of(json.newLine().toByteArray()));
  }
}

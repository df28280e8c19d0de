package io.pulsegate.server;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Intake;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.ingress.http.PageRequest;
import io.pulsegate.ingress.http.Pages;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.metrics.PrometheusMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Health, readiness and metrics, for everybody.
///
/// `/health` says that the process answers: always 200. `/ready` says whether events are accepted:
/// 503 where the log cannot accept, with the state of everything behind it in the body, which a
/// strict setting counts as well.
final class PublicPages implements Pages {
  private static final Set<String> GET = Set.of("GET");

  private final Supplier<Intake.Readiness> intake;
  private final Supplier<List<SinkStatus>> sinks;
  private final Supplier<Optional<String>> storeTrouble;
  private final PrometheusMetrics metrics;
  private final InstantSource clock;
  private final boolean strict;
  private final Instant started;

  PublicPages(
      Supplier<Intake.Readiness> intake,
      Supplier<List<SinkStatus>> sinks,
      Supplier<Optional<String>> storeTrouble,
      PrometheusMetrics metrics,
      InstantSource clock,
      boolean strict) {
    this.intake = intake;
    this.sinks = sinks;
    this.storeTrouble = storeTrouble;
    this.metrics = metrics;
    this.clock = clock;
    this.strict = strict;
    this.started = clock.instant();
  }

  @Override
  public Set<String> methods(String path) {
    return switch (path) {
      case "/health", "/ready", "/metrics" -> GET;
      default -> Set.of();
    };
  }

  @Override
  public PageReply reply(PageRequest request) {
    return switch (request.head().path()) {
      case "/health" -> health();
      case "/ready" -> ready();
      default -> metrics(request.head().header("Accept").orElse("*/*"));
    };
  }

  private PageReply health() {
    var json =
        new JsonWriter()
            .beginObject()
            .field("status", "ok")
            .field("version", Version.number())
            .field("uptime_seconds", Duration.between(started, clock.instant()).toSeconds())
            .endObject();
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

  private PageReply metrics(String accept) {
    PrometheusMetrics.Page page = metrics.page(accept.toLowerCase(Locale.ROOT));
    return new PageReply(200, page.contentType(), Map.of(), Bytes.of(page.body()));
  }

  private static PageReply page(int status, Map<String, String> headers, JsonWriter json) {
    return new PageReply(
        status, "application/json", headers, Bytes.of(json.newLine().toByteArray()));
  }
}

package io.pulsegate.server.export;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.ObjectExport.Sent;
import io.pulsegate.api.RequestHead;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.ingress.http.PageRequest;
import io.pulsegate.ingress.http.Pages;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.export.Export.Figures;
import io.pulsegate.server.export.Export.Run;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The pipeline's pages, where an export is configured; for administrators, and on a developer's
/// own machine for everybody.
///
/// ```
/// POST /export/run   GET /export/status   GET /export/config
/// POST /process/run  GET /process/status  GET /pipeline/status
/// ```
final class ExportPages implements Pages {
  private static final Set<String> GET = Set.of("GET");
  private static final Set<String> POST = Set.of("POST");

  private static final String NOT_HIS = "the pipeline is asked with a key of the scope admin";

  private final Pages others;
  private final Optional<Export> raw;
  private final Optional<Export> processed;
  private final Predicate<RequestHead> mayAsk;

  /// @param mayAsk whether a request is an administrator's
  ExportPages(
      Pages others,
      Optional<Export> raw,
      Optional<Export> processed,
      Predicate<RequestHead> mayAsk) {
    this.others = others;
    this.raw = raw;
    this.processed = processed;
    this.mayAsk = mayAsk;
  }

  @Override
  public Set<String> methods(String path) {
    Set<String> own = own(path);
    return own.isEmpty() ? others.methods(path) : own;
  }

  private Set<String> own(String path) {
    return switch (path) {
      case "/export/run" -> raw.isPresent() ? POST : Set.of();
      case "/export/status" -> raw.isPresent() ? GET : Set.of();
      case "/process/run" -> processed.isPresent() ? POST : Set.of();
      case "/process/status" -> processed.isPresent() ? GET : Set.of();
      case "/export/config", "/pipeline/status" ->
          raw.isPresent() || processed.isPresent() ? GET : Set.of();
      default -> Set.of();
    };
  }

  @Override
  public PageReply reply(PageRequest request) throws Exception {
    if (own(request.head().path()).isEmpty()) {
      return others.reply(request);
    }
    if (!mayAsk.test(request.head())) {
      return new PageReply(
          401,
          "application/json",
          Map.of("WWW-Authenticate", "Bearer realm=\"pulsegate\""),
          body(
              new JsonWriter(128)
                  .beginObject()
                  .name("error")
                  .beginObject()
                  .field("code", Code.UNAUTHENTICATED.text())
                  .field("message", NOT_HIS)
                  .endObject()
                  .field("detail", NOT_HIS)
                  .endObject()));
    }
    return switch (request.head().path()) {
      case "/export/run" -> run(raw.orElseThrow(), "exported");
      case "/process/run" -> run(processed.orElseThrow(), "processed");
      case "/export/config" -> page(200, config());
      case "/export/status" -> page(200, status(new JsonWriter(512), raw.orElseThrow()));
      case "/process/status" -> page(200, process(new JsonWriter(512)));
      default -> page(200, pipeline());
    };
  }

  private static PageReply run(Export export, String did) throws InterruptedException {
    Run run = export.run();
    var json =
        new JsonWriter(256)
            .beginObject()
            .field("status", run.trouble().isPresent() ? "error" : "success")
            .field(
                "message",
                run.trouble()
                    .map(reason -> "not everything could be stored: " + reason)
                    .orElse("%d events %s".formatted(run.events(), did)))
            .field("events", run.events())
            .field("files", run.objects())
            .endObject();
    return page(run.trouble().isPresent() ? 503 : 200, json);
  }

  private JsonWriter config() {
    var json = new JsonWriter(512).beginObject();
    raw.ifPresent(export -> settings(json.name("raw"), export));
    processed.ifPresent(export -> settings(json.name("processed"), export));
    return json.endObject();
  }

  private static void settings(JsonWriter json, Export export) {
    json.beginObject();
    export.sink().settings().forEach(json::field);
    json.endObject();
  }

  private static JsonWriter status(JsonWriter json, Export export) {
    return figures(json.beginObject(), export).endObject();
  }

  private JsonWriter process(JsonWriter json) {
    Export export = processed.orElseThrow();
    figures(json.beginObject(), export);
    raw.ifPresent(source -> json.field("unprocessed_files", source.objectsBeyond(export)));
    return json.endObject();
  }

  private JsonWriter pipeline() {
    var json = new JsonWriter(1_024).beginObject();
    boolean healthy =
        raw.flatMap(export -> export.figures().trouble()).isEmpty()
            && processed.flatMap(export -> export.figures().trouble()).isEmpty();
    json.field("status", healthy ? "healthy" : "degraded");
    raw.ifPresent(export -> status(json.name("export"), export));
    if (processed.isPresent()) {
      process(json.name("process"));
    }
    return json.endObject();
  }

  private static JsonWriter figures(JsonWriter json, Export export) {
    Figures figures = export.figures();
    json.field("status", figures.trouble().isPresent() ? "degraded" : "ok")
        .field("files", figures.objects())
        .field("events", figures.events())
        .field("waiting_events", figures.waitingEvents())
        .field("lag_seconds", figures.lagSeconds());
    figures.trouble().ifPresent(reason -> json.field("reason", reason));
    json.name("last");
    Optional<Sent> last = figures.last();
    if (last.isPresent()) {
      json.beginObject()
          .field("bucket", last.get().bucket())
          .field("key", last.get().key())
          .field("events", last.get().events())
          .field("at", last.get().at().toString())
          .endObject();
    } else {
      json.nullValue();
    }
    return json;
  }

  private static Bytes body(JsonWriter json) {
    return Bytes.of(json.newLine().toByteArray());
  }

  private static PageReply page(int status, JsonWriter json) {
    return PageReply.json(status, body(json));
  }
}

package io.pulsegate.server.admin;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.log.Totals;
import io.pulsegate.server.admin.Endpoint.Access;
import io.pulsegate.server.admin.Endpoint.Call;
import io.pulsegate.server.admin.Endpoint.Field;
import io.pulsegate.server.plugins.Components;
import io.pulsegate.server.state.AuditLog;
import io.pulsegate.server.state.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// How the server fares: sinks, plugins, lag, changes.
public final class ServerEndpoints {
  private static final int CHANGES = 100;
  private static final int CHANGES_MAX = 10_000;

  private final Supplier<List<SinkStatus>> sinks;
  private final Function<LaneKey, Map<String, Totals>> behind;
  private final TenantRegistry tenants;
  private final AuditLog audit;
  private final Components components;

  /// @param behind what of a lane is not settled, by sink
  public ServerEndpoints(
      Supplier<List<SinkStatus>> sinks,
      Function<LaneKey, Map<String, Totals>> behind,
      TenantRegistry tenants,
      AuditLog audit,
      Components components) {
    this.sinks = sinks;
    this.behind = behind;
    this.tenants = tenants;
    this.audit = audit;
    this.components = components;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.get(
            "/sinks",
            Access.OPERATOR,
            "How each sink fares.",
            List.of(Listing.PARAMETER),
            this::sinks),
        Endpoint.get(
            "/plugins",
            Access.OPERATOR,
            "The sinks and transforms there are, ours and those of plugins, and jars that cannot be used.",
            List.of(Listing.PARAMETER),
            call -> PluginList.LISTING.page(call.head(), PluginList.rows(components))),
        Endpoint.get(
            "/lag",
            Access.READ,
            "What each tenant has that each sink has not settled yet; tenants without any are left out.",
            List.of(Field.text(Endpoint.TENANT, "Only this tenant's."), Listing.PARAMETER),
            this::lag),
        Endpoint.get(
            "/audit",
            Access.READ,
            "Who changed what, the newest first.",
            List.of(
                Field.text(Endpoint.TENANT, "Only what is about this tenant."),
                Field.number("limit", "At most so many. Default: 100."),
                Listing.PARAMETER),
            this::audit));
  }

  private static final Listing<SinkStatus> SINKS =
      new Listing<SinkStatus>("sinks")
          .with("name", SinkStatus::name)
          .with("state", sink -> sink.state().name().toLowerCase(Locale.ROOT))
          .with("lag_events", SinkStatus::lagEvents)
          .with("lag_seconds", SinkStatus::lagSeconds)
          .with("reason", SinkStatus::reason)
          .with("head", SinkStatus::head)
          .with("lag_bytes", SinkStatus::lagBytes)
          .with("delivered", SinkStatus::delivered)
          .with("dead_lettered", SinkStatus::deadLettered)
          .with("dropped", SinkStatus::dropped)
          .with("accepted", SinkStatus::accepted)
          .with("unaccounted", SinkStatus::unaccounted)
          .with("last_error", sink -> sink.lastError().orElse(""))
          .with("stragglers", sink -> sink.stragglers().size(), ServerEndpoints::stragglers);

  private static JsonWriter stragglers(SinkStatus sink) {
    var json = new JsonWriter().beginArray();
    for (SinkStatus.Straggler straggler : sink.stragglers()) {
      json.beginObject()
          .field("tenant", straggler.lane())
          .field("from", straggler.from())
          .field("reason", straggler.reason())
          .endObject();
    }
    return json.endArray();
  }

  private PageReply sinks(Call call) {
    return SINKS.page(call.head(), sinks.get());
  }

  private record LagRow(TenantConfig tenant, String sink, Totals behind) {}

  private static final Listing<LagRow> LAG =
      new Listing<LagRow>("lag")
          .with("tenant", row -> row.tenant().id())
          .with("sink", LagRow::sink)
          .with("events", row -> row.behind().entries())
          .with("bytes", row -> row.behind().bytes());

  private PageReply lag(Call call) {
    Optional<TenantId> only = Narrowing.tenant(call);
    var rows = new ArrayList<LagRow>();
    for (TenantConfig tenant : tenants.current().all()) {
      if (only.isEmpty() || only.get().equals(tenant.id())) {
        behind
            .apply(tenant.lane())
            .forEach((sink, totals) -> {
              if (totals.entries() > 0) {
                rows.add(new LagRow(tenant, sink, totals));
              }
            });
      }
    }
    rows.sort(Comparator.comparingLong((LagRow row) -> row.behind().entries()).reversed());
    return LAG.page(call.head(), rows);
  }

  private static final Listing<Change> AUDIT =
      new Listing<Change>("changes")
          .with("at", Change::at)
          .with("actor", Change::actor)
          .with("action", Change::action)
          .with("tenant", Change::tenant)
          .with("subject", Change::subject)
          .with("detail", Change::detail);

  private PageReply audit(Call call) {
    String tenant = Narrowing.tenant(call).map(TenantId::value).orElse("");
    int limit = Narrowing.limit(call, CHANGES, CHANGES_MAX);
    return AUDIT.page(call.head(), audit.newest(tenant, limit));
  }
}

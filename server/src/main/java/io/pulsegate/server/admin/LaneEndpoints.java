package io.pulsegate.server.admin;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.Engine;
import io.pulsegate.core.OrphanStatus;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.log.Totals;
import io.pulsegate.server.admin.Endpoint.Access;
import io.pulsegate.server.admin.Endpoint.Call;
import io.pulsegate.server.admin.Endpoint.Field;
import io.pulsegate.server.state.AuditLog;
import io.pulsegate.server.state.Change;
import io.pulsegate.server.state.GivenUp;
import io.pulsegate.server.tenants.Abandoned;
import io.pulsegate.server.tenants.TenantDirectory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What waits for a person: tenants halted behind an event that is never taken, and what is left of
/// sinks and tenants that were removed.
public final class LaneEndpoints {
  private final Engine engine;
  private final TenantDirectory tenants;
  private final Abandoned abandoned;
  private final GivenUp givenUp;
  private final AuditLog audit;
  private final InstantSource clock;

  public LaneEndpoints(
      Engine engine,
      TenantDirectory tenants,
      Abandoned abandoned,
      GivenUp givenUp,
      AuditLog audit,
      InstantSource clock) {
    this.engine = engine;
    this.tenants = tenants;
    this.abandoned = abandoned;
    this.givenUp = givenUp;
    this.audit = audit;
    this.clock = clock;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.get(
            "/halts",
            Access.READ,
            "Tenants whose events wait behind one that a sink will never take (on_poison: halt).",
            List.of(Field.text(Endpoint.TENANT, "Only this tenant's."), Listing.PARAMETER),
            call -> HALTS.page(call.head(), halts(Narrowing.tenant(call)))),
        Endpoint.post(
            "/sinks/{sink}/halts/{tenant}/retry",
            Access.ADMIN,
            "Have a halted tenant tried again at once, as after the cause was mended.",
            List.of(),
            this::retry),
        Endpoint.post(
            "/sinks/{sink}/halts/{tenant}/skip",
            Access.ADMIN,
            "Have a halted tenant go on: the event that it waits behind becomes a dead letter.",
            List.of(),
            this::skip),
        Endpoint.get(
            "/orphans",
            Access.OPERATOR,
            "Sinks that are configured no more and tenants that are no more, and what waits for them.",
            List.of(Listing.PARAMETER),
            this::orphans),
        Endpoint.delete(
            "/orphans/sinks/{sink}",
            Access.OPERATOR,
            "Let go of a sink that is configured no more: what waits for it counts as dropped.",
            this::forget),
        Endpoint.delete(
            "/orphans/tenants/{name}",
            Access.OPERATOR,
            "Let go of what a tenant that is no more has left waiting: it counts as dropped.",
            this::drop));
  }

  // --- halts

  private record Halt(String sink, LaneKey lane, long offset, String reason) {}

  private static final Listing<Halt> HALTS =
      new Listing<Halt>("halts")
          .with("sink", Halt::sink)
          .with("tenant", halt -> halt.lane().tenant())
          .with("offset", Halt::offset)
          .with("reason", Halt::reason);

  private List<Halt> halts(Optional<TenantId> tenant) {
    var halts = new ArrayList<Halt>();
    for (SinkStatus sink : engine.sinks()) {
      for (SinkStatus.Straggler each : sink.stragglers()) {
        LaneKey lane = LaneKey.parse(each.lane());
        if (each.haltedAt().isPresent() && tenant.map(lane.tenant()::equals).orElse(true)) {
          halts.add(new Halt(sink.name(), lane, each.haltedAt().getAsLong(), each.reason()));
        }
      }
    }
    return halts;
  }

  private PageReply retry(Call call) {
    return named(call)
        .filter(halt -> engine.retry(halt.sink(), halt.lane()))
        .map(halt -> done(call, "halt.retry", halt))
        .orElseGet(() -> notHalted(call));
  }

  private PageReply skip(Call call) {
    return named(call)
        .filter(halt -> engine.skip(halt.sink(), halt.lane(), halt.offset()))
        .map(halt -> done(call, "halt.skip", halt))
        .orElseGet(() -> notHalted(call));
  }

  private Optional<Halt> named(Call call) {
    return halts(Optional.of(call.tenant())).stream()
        .filter(halt -> halt.sink().equals(call.part("sink")))
        .findFirst();
  }

  private static PageReply notHalted(Call call) {
    return Replies.error(
        404, "tenant %s is not halted at sink %s".formatted(call.tenant(), call.part("sink")));
  }

  private PageReply done(Call call, String action, Halt halt) {
    String tenant = halt.lane().tenant().value();
    String detail = "offset %d, %s".formatted(halt.offset(), halt.reason());
    audit.add(change(call, action, tenant, halt.sink(), detail));
    var json =
        new JsonWriter()
            .beginObject()
            .field("sink", halt.sink())
            .field("tenant", tenant)
            .field("offset", halt.offset());
    return Replies.page(200, json.endObject());
  }

  private Change change(Call call, String action, String tenant, String subject, String detail) {
    return new Change(clock.instant(), call.caller().actor(), action, tenant, subject, detail);
  }

  // --- what is left of those that were removed

  private record Orphan(String kind, String name, String until, String events) {}

  private static final Listing<Orphan> ORPHANS =
      new Listing<Orphan>("orphans")
          .with("kind", Orphan::kind)
          .with("name", Orphan::name)
          .with("kept_until", Orphan::until)
          .with("events", Orphan::events);

  private PageReply orphans(Call call) {
    var rows = new ArrayList<Orphan>();
    for (OrphanStatus sink : engine.orphans()) {
      String events = sink.waiting() < 0 ? "unknown" : Long.toString(sink.waiting());
      rows.add(new Orphan("sink", sink.sink(), sink.until().toString(), events));
    }
    for (LaneKey lane : tenants.ended()) {
      long waiting =
          engine.behindOf(lane).values().stream().mapToLong(Totals::entries).max().orElse(0);
      if (waiting > 0) {
        rows.add(new Orphan("tenant", lane.toString(), "", Long.toString(waiting)));
      }
    }
    return ORPHANS.page(call.head(), rows);
  }

  private PageReply forget(Call call) {
    String sink = call.part("sink");
    OptionalLong dropped = engine.forgetOrphan(sink);
    if (dropped.isEmpty()) {
      return Replies.error(404, "there is no sink " + sink + " that was removed");
    }
    long events = dropped.getAsLong();
    String detail = events < 0 ? "its place is not known" : events + " events";
    audit.add(change(call, "sink.forget", "", sink, detail));
    var json = new JsonWriter().beginObject().field("sink", sink).field("dropped", events);
    return Replies.page(200, json.endObject());
  }

  private PageReply drop(Call call) {
    var id = new TenantId(call.part("name"));
    List<LaneKey> lanes =
        tenants.ended().stream().filter(lane -> lane.tenant().equals(id)).toList();
    if (lanes.isEmpty()) {
      return Replies.error(
          404,
          tenants.registry().current().byId(id).isPresent()
              ? "the tenant " + id + " is there; delete it first"
              : "there was no tenant " + id);
    }
    String detail = "all that waited, of %d times it was there".formatted(lanes.size());
    givenUp.add(lanes, change(call, "tenant.drop", id.value(), "", detail));
    for (LaneKey lane : lanes) {
      abandoned.giveUp(lane);
      engine.sinks().forEach(sink -> engine.retry(sink.name(), lane));
    }
    return Replies.page(
        200, new JsonWriter().beginObject().field("tenant", id.value()).endObject());
  }
}

package io.pulsegate.ingress.http;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Writers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The writers of one request, made when first asked for, and the order in which events went to
/// them.
final class RequestWriters implements Writers {
  private final Intake intake;
  private final Identity.Known known;
  private final String dialect;
  private final int expectedBytes;
  private final Map<TenantId, Lane> lanes = new LinkedHashMap<>(2);
  private int handedOver;

  RequestWriters(Intake intake, Identity.Known known, String dialect, int expectedBytes) {
    this.intake = intake;
    this.known = known;
    this.dialect = dialect;
    this.expectedBytes = expectedBytes;
  }

  private static final class Lane {
    final Tenant tenant;
    final EventWriter writer;
    final List<Integer> places = new ArrayList<>(0);
    int counted;

    Lane(Tenant tenant, EventWriter writer) {
      this.tenant = tenant;
      this.writer = writer;
    }
  }

  /// What goes to intake for one tenant.
  ///
  /// @param places of its events among all that were handed over; empty where it is the only one
  record Share(Tenant tenant, List<EventBlock> blocks, List<Integer> places) {}

  @Override
  public EventWriter own() {
    return switchTo(known.tenant());
  }

  @Override
  public Optional<EventWriter> named(String tenant) {
    return known.named().apply(tenant).map(this::switchTo);
  }

  @Override
  public String newId() {
    return own().newId();
  }

  private EventWriter switchTo(Tenant tenant) {
    settle();
    Lane lane = lanes.get(tenant.id());
    if (lane == null) {
      lane = new Lane(tenant, writer(tenant));
      if (lanes.size() == 1) {
        addPlaces(lanes.values().iterator().next(), 0, handedOver);
      }
      lanes.put(tenant.id(), lane);
    }
    return lane.writer;
  }

  private EventWriter writer(Tenant tenant) {
    EventWriter writer = intake.writer(tenant, Source.HTTP, dialect, expectedBytes);
    return known.redaction().apply(tenant).map(writer::redacting).orElse(writer);
  }

  /// Notes the places of what was added since the last time; where there is one tenant alone, they
  /// are 0, 1, 2 and so on, and not noted.
  private void settle() {
    for (Lane lane : lanes.values()) {
      int added = lane.writer.size() - lane.counted;
      if (lanes.size() > 1) {
        addPlaces(lane, handedOver, handedOver + added);
      }
      lane.counted += added;
      handedOver += added;
    }
  }

  private static void addPlaces(Lane lane, int from, int to) {
    for (int place = from; place < to; place++) {
      lane.places.add(place);
    }
  }

  /// Ends the request: the shares of tenants that have events.
  List<Share> finish() {
    settle();
    List<Share> shares = new ArrayList<>(1);
    for (Lane lane : lanes.values()) {
      List<EventBlock> blocks = lane.writer.finish();
      if (!blocks.isEmpty()) {
        shares.add(new Share(lane.tenant, blocks, lane.places));
      }
    }
    return shares;
  }
}

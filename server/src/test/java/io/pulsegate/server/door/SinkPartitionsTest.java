package io.pulsegate.server.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Durability;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Partitioned;
import io.pulsegate.api.Sink;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.WriteResult;
import io.pulsegate.core.Route;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.core.TenantSettings;
import io.pulsegate.core.Tenants;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SinkPartitionsTest {
  private static final byte[] KEY = {1};

  /// A sink that has partitions, and knows one or none.
  private record Known(OptionalInt partition) implements Sink, Partitioned {
    @Override
    public OptionalInt partitionOf(TenantId tenant, byte[] partitionKey) {
      return partition;
    }

    @Override
    public WriteResult write(Batch batch) {
      return new WriteResult.Delivered();
    }

    @Override
    public void close() {}
  }

  private final Map<String, Sink> sinks = new LinkedHashMap<>();

  @Test
  void asksTheSinksThatATenantsRoutesLeadTo() {
    sinks.put("unknown", new Known(OptionalInt.empty()));
    sinks.put("first", new Known(OptionalInt.of(1)));
    sinks.put("second", new Known(OptionalInt.of(2)));

    assertThat(partition()).hasValue(1);
    assertThat(partition("second")).hasValue(2);
    assertThat(partition("unknown")).isEmpty();
    assertThat(partition("elsewhere")).isEmpty();
  }

  @Test
  void knowsNoneWhereNoSinkHasPartitions() {
    assertThat(partition()).isEmpty();
  }

  private OptionalInt partition(String... targets) {
    TenantId id = new TenantId("shop");
    var plain = new TenantConfig(id, 1, List.of(), Durability.DISK);
    List<Route> routes =
        List.of(targets).stream()
            .map(target ->
                new Route(
                    target,
                    Route.Condition.ALWAYS,
                    List.of(),
                    List.of(new Route.Target(target, Map.of()))))
            .toList();
    var config =
        new TenantConfig(
            id, 1, new TenantSettings(plain.access(), plain.quotas(), plain.terms(), routes));
    var partitions = new SinkPartitions(sinks, new TenantRegistry(Tenants.of(List.of(config))));
    return partitions.of(new Tenant(new LaneKey(id, 1), Durability.DISK), KEY);
  }
}

package io.pulsegate.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Durability;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TenantsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static TenantConfig tenant(String id, int incarnation, Access access) {
    return new TenantConfig(
        new TenantId(id),
        incarnation,
        new TenantSettings(access, Quotas.NONE, Terms.of(Durability.DISK), List.of()));
  }

  private static ApiKey key(String secret, KeyScope scope, Optional<Instant> expires) {
    return new ApiKey(secret, "", KeyHash.of(secret), Set.of(scope), expires);
  }

  @Test
  void findsATenantByItsNamesAndPresentIncarnation() {
    var access =
        new Access(
            Set.of("old-shop"),
            List.of(),
            List.of(new PublicId("site", Set.of("https://shop.example"))));
    Tenants tenants = Tenants.of(List.of(tenant("shop", 3, access)));
    assertThat(tenants.byName("shop")).isPresent();
    assertThat(tenants.byName("old-shop")).isEqualTo(tenants.byName("shop"));
    assertThat(tenants.byName("site")).isEmpty();
    assertThat(tenants.byLane(new LaneKey(new TenantId("shop"), 3))).isPresent();
    assertThat(tenants.byLane(new LaneKey(new TenantId("shop"), 2))).isEmpty();
    PublicId id = tenants.byPublicId("site").orElseThrow().id();
    assertThat(id.allows("https://shop.example")).isTrue();
    assertThat(id.allows("https://shop.example.evil")).isFalse();
    assertThat(id.allows("null")).isFalse();
  }

  @Test
  void refusesNamesAndKeysThatTwoShare() {
    ApiKey key = key("k", KeyScope.INGEST, Optional.empty());
    assertThatThrownBy(() ->
            Tenants.of(
                List.of(
                    tenant("a", 1, Access.of(List.of(key))),
                    tenant("b", 1, Access.of(List.of(key))))))
        .hasMessageContaining("a key of tenant b is a key of tenant a already");
    var alias = new Access(Set.of("b"), List.of(), List.of());
    assertThatThrownBy(
            () -> Tenants.of(List.of(tenant("a", 1, alias), tenant("b", 1, Access.of(List.of())))))
        .hasMessageContaining("the alias b of tenant a names tenant b already");
  }

  @Test
  void letsAKeySendOnlyWithinItsScopeAndTime() {
    var ingest = key("i", KeyScope.INGEST, Optional.of(NOW));
    assertThat(ingest.allows(KeyScope.INGEST, NOW.minusNanos(1))).isTrue();
    assertThat(ingest.allows(KeyScope.INGEST, NOW)).isFalse();
    assertThat(ingest.allows(KeyScope.READ, NOW.minusNanos(1))).isFalse();
  }

  @Test
  void judgesRequestsByTheSnapshotInForce() {
    try (Rig rig = new Rig(Map.of())) {
      var intake = rig.engine.intake();
      TenantConfig before = rig.engine.tenants().current().byName("t1").orElseThrow();
      assertThat(intake.authenticate("key1")).isPresent();
      var read = key("reader", KeyScope.READ, Optional.empty());
      var fresh = key("fresh", KeyScope.INGEST, Optional.empty());
      var seen = new ArrayList<Tenants>();
      rig.engine.tenants().onChange(seen::add);
      rig.engine
          .tenants()
          .replace(Tenants.of(List.of(tenant("t1", 2, Access.of(List.of(read, fresh))))));
      assertThat(seen).hasSize(2);
      assertThat(intake.authenticate("key1")).as("revoked at once").isEmpty();
      assertThat(intake.authenticate("key2")).as("its tenant is gone").isEmpty();
      assertThat(intake.authenticate("reader")).as("may not send").isEmpty();
      assertThat(intake.authenticate("fresh").orElseThrow().lane())
          .isEqualTo(new LaneKey(before.id(), 2));
    }
  }
}

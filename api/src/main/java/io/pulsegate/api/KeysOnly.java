package io.pulsegate.api;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Lets in who brings a key of a tenant.
record KeysOnly(Intake intake) implements Doorkeeper {
  private static final Tenant NOBODY =
      new Tenant(new LaneKey(new TenantId("unattributed"), 1), Durability.DISK);

  @Override
  public CompletableFuture<Identity> identify(String dialect, Sender sender) {
    Optional<Tenant> tenant =
        sender instanceof Sender.Key(String key) ? intake.authenticate(key) : Optional.empty();
    return CompletableFuture.completedFuture(
        tenant.<Identity>map(Identity.Known::of).orElseGet(Identity.Unknown::new));
  }

  @Override
  public Tenant host(String dialect) {
    return NOBODY;
  }

  @Override
  public Origins origins(String dialect) {
    return Origins.NONE;
  }

  @Override
  public void keep(
      Tenant tenant,
      Source source,
      String dialect,
      List<Discarded> events,
      Consumer<Optional<String>> done) {
    done.accept(Optional.of("nothing is kept here"));
  }
}

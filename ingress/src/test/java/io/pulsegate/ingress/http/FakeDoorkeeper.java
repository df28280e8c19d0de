package io.pulsegate.ingress.http;

import io.pulsegate.api.Discarded;
import io.pulsegate.api.Doorkeeper;
import io.pulsegate.api.Durability;
import io.pulsegate.api.Identity;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Origins;
import io.pulsegate.api.Sender;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Knows the sites `shop` and, when told later, `slow`; lets names in bodies choose any tenant that
/// begins with `t`.
final class FakeDoorkeeper implements Doorkeeper {
  static final Origins ORIGINS = new Origins(false, Set.of("https://shop.example"));

  final CompletableFuture<Identity> slow = new CompletableFuture<>();
  final List<String> kept = new CopyOnWriteArrayList<>();
  volatile Optional<String> keepingFails = Optional.empty();

  /// Where it says what became of events to keep.
  volatile Executor telling = Runnable::run;

  static Tenant tenant(String name) {
    return new Tenant(new LaneKey(new TenantId(name), 1), Durability.DISK);
  }

  static Identity.Known known(String name) {
    return new Identity.Known(
        tenant(name),
        other -> other.startsWith("t") ? Optional.of(tenant(other)) : Optional.empty(),
        _ -> Optional.empty(),
        Optional.empty());
  }

  @Override
  public CompletableFuture<Identity> identify(String dialect, Sender sender) {
    return switch (sender) {
      case Sender.Site(String id, Optional<String> origin) when id.equals("slow") -> slow;
      case Sender.Site(String id, Optional<String> origin) when id.equals("shop") ->
          CompletableFuture.completedFuture(known("shop"));
      case Sender.Key _, Sender.Site _, Sender.Domain _, Sender.Unnamed _ ->
          CompletableFuture.completedFuture(new Identity.Unknown());
    };
  }

  @Override
  public Tenant host(String dialect) {
    return tenant("host");
  }

  @Override
  public Origins origins(String dialect) {
    return dialect.equals("second") ? ORIGINS : Origins.NONE;
  }

  @Override
  public void keep(
      Tenant tenant,
      Source source,
      String dialect,
      List<Discarded> events,
      Consumer<Optional<String>> done) {
    events.forEach(event -> kept.add(event.payload().toString()));
    telling.execute(() -> done.accept(keepingFails));
  }
}

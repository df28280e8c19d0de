package io.pulsegate.api;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Knows who is who at the door of each wire format, and keeps what is turned away there.
///
/// Any thread; never blocks.
public interface Doorkeeper {
  /// Who a sender is. The future is complete already, except for a [Sender.Domain] that has to be
  /// looked up elsewhere. It never fails.
  CompletableFuture<Identity> identify(String dialect, Sender sender);

  /// In whose name a body is buffered while only the body can tell whom it is from.
  Tenant host(String dialect);

  /// The pages of which sites may send to the dialect from a browser.
  Origins origins(String dialect);

  /// Keeps events that were turned away. `done` is called once, on some thread, with the reason why
  /// they could not be kept, or with nothing once they are durable.
  ///
  /// @param source how they came
  void keep(
      Tenant tenant,
      Source source,
      String dialect,
      List<Discarded> events,
      Consumer<Optional<String>> done);

  /// The partition that a tenant's event with this partition key will go to, where one of its sinks
  /// has such and knows it.
  default OptionalInt partitionOf(Tenant tenant, byte[] partitionKey) {
    return OptionalInt.empty();
  }

  /// A doorkeeper that knows keys and nothing else.
  static Doorkeeper ofKeys(Intake intake) {
    return new KeysOnly(intake);
  }
}

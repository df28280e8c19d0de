package io.pulsegate.api;

import java.util.Optional;

/// Whom a request is from, as far as its wire format tells. A [Doorkeeper] makes a tenant of it.
public sealed interface Sender {
  /// It brings a secret key.
  record Key(String key) implements Sender {
    /// Does not show the key.
    @Override
    public String toString() {
      return "a key";
    }
  }

  /// It names a site: a public id that may only write, and from its own origins only.
  ///
  /// @param origin what a browser says in `Origin`; empty for everybody else
  record Site(String id, Optional<String> origin) implements Sender {}

  /// It names the domain it was collected on.
  record Domain(String name) implements Sender {}

  /// It names nobody: it is from the tenant that its dialect is bound to.
  record Unnamed() implements Sender {}
}

package io.pulsegate.ingress.http;

import io.vertx.core.http.HttpServerRequest;

/// Decides what a request becomes.
interface Door {
  /// On the connection's loop.
  Exchange enter(HttpServerRequest request, Peer peer);
}

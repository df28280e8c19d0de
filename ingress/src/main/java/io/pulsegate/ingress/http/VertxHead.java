package io.pulsegate.ingress.http;

import io.pulsegate.api.RequestHead;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import java.util.Optional;

/// A request's head as the rest of PulseGate sees it.
///
/// Read by one thread after the other.
final class VertxHead implements RequestHead {
  private final HttpServerRequest request;

  VertxHead(HttpServerRequest request) {
    this.request = request;
  }

  @Override
  public String method() {
    return request.method().name();
  }

  @Override
  public String path() {
    // Null where the target is no path at all, as in CONNECT.
    return Objects.requireNonNullElse(request.path(), "");
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeader(name));
  }

  @Override
  public int headerCount(String name) {
    return request.getHeader(name) == null ? 0 : request.headers().getAll(name).size();
  }

  @Override
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(request.getParam(name));
  }
}

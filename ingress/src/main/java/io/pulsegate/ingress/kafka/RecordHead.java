package io.pulsegate.ingress.kafka;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/// A record as its dialect sees the head of a request: the dialect's own endpoint, and the record's
/// headers.
final class RecordHead implements RequestHead {
  private final Dialect.Endpoint endpoint;
  private final Headers headers;

  RecordHead(Dialect.Endpoint endpoint, Headers headers) {
    this.endpoint = endpoint;
    this.headers = headers;
  }

  @Override
  public String method() {
    return endpoint.method();
  }

  @Override
  public String path() {
    return endpoint.path();
  }

  @Override
  public Optional<String> header(String name) {
    for (Header header : headers) {
      if (header.key().equalsIgnoreCase(name) && header.value() != null) {
        return Optional.of(new String(header.value(), StandardCharsets.UTF_8));
      }
    }
    return Optional.empty();
  }

  @Override
  public int headerCount(String name) {
    int count = 0;
    for (Header header : headers) {
      count += header.key().equalsIgnoreCase(name) ? 1 : 0;
    }
    return count;
  }

  @Override
  public Optional<String> parameter(String name) {
    return Optional.empty();
  }
}
